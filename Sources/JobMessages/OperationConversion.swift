import Foundation
import KeyModel
import SwiftProtobuf

extension WireOperation {
    init(_ operation: KeyModel.Operation) {
        self.init()
        if let identifier = operation.identifier { self.identifier = identifier.text }
        switch operation {
        case .create(let create):
            self.create = .with {
                $0.objectType = create.objectType.rawValue
                $0.attributes = create.attributes.map(WireAttribute.init)
            }
        case .register(let register): self.register = WireRegisterOperation(register)
        case .get: get = WireGetOperation()
        case .getAttributes(let request): getAttributes = .with { $0.names = request.names.map(\.text) }
        case .getAttributeList: getAttributeList = WireGetAttributeListOperation()
        case .addAttribute(let request): addAttribute = WireAttribute(request.attribute)
        case .modifyAttribute(let request): modifyAttribute = WireAttribute(request.attribute)
        case .deleteAttribute(let request):
            deleteAttribute = .with {
                $0.name = request.name.text
                $0.index = UInt32(clamping: request.index)
            }
        case .locate(let request): locate = WireLocateOperation(request)
        case .activate: activate = WireActivateOperation()
        case .revoke(let request): revoke = WireRevokeOperation(request)
        case .destroy: destroy = WireDestroyOperation()
        }
    }

    func model() throws(JobMessageError) -> KeyModel.Operation {
        let target = hasIdentifier ? UniqueIdentifier(identifier) : nil
        switch kind {
        case .create(let create):
            return .create(
                CreateOperation(
                    objectType: ObjectType(rawValue: create.objectType),
                    attributes: try create.attributes.model()
                )
            )
        case .register(let register): return .register(try register.model())
        case .get: return .get(GetOperation(identifier: target))
        case .getAttributes(let request):
            return .getAttributes(
                GetAttributesOperation(identifier: target, names: request.names.map { AttributeName($0) })
            )
        case .getAttributeList: return .getAttributeList(GetAttributeListOperation(identifier: target))
        case .addAttribute(let attribute):
            return .addAttribute(AddAttributeOperation(identifier: target, attribute: try attribute.model()))
        case .modifyAttribute(let attribute):
            return .modifyAttribute(ModifyAttributeOperation(identifier: target, attribute: try attribute.model()))
        case .deleteAttribute(let request):
            return .deleteAttribute(
                DeleteAttributeOperation(
                    identifier: target,
                    name: AttributeName(request.name),
                    index: Int(request.index)
                )
            )
        case .locate(let request): return .locate(try request.model())
        case .activate: return .activate(ActivateOperation(identifier: target))
        case .revoke(let request): return .revoke(request.model(target))
        case .destroy: return .destroy(DestroyOperation(identifier: target))
        case nil: throw .notUnderstood
        }
    }
}

extension WireRegisterOperation {
    init(_ register: RegisterOperation) {
        self.init()
        objectType = register.objectType.rawValue
        attributes = register.attributes.map(WireAttribute.init)
        if let algorithm = register.algorithm { self.algorithm = algorithm.rawValue }
        if let length = register.length { self.length = UInt32(clamping: length) }
        material = WireTransportedMaterial(register.material)
        digest = Data(register.digest)
    }

    func model() throws(JobMessageError) -> RegisterOperation {
        guard digest.count == 32 else { throw .malformed }
        return RegisterOperation(
            objectType: ObjectType(rawValue: objectType),
            attributes: try attributes.model(),
            algorithm: hasAlgorithm ? KeyAlgorithm(rawValue: algorithm) : nil,
            length: hasLength ? Int(length) : nil,
            material: material.model(),
            digest: [UInt8](digest)
        )
    }
}

extension WireTransportedMaterial {
    init(_ material: TransportedKeyMaterial) {
        self.init()
        blob = Data(material.blob)
        trueLength = UInt32(clamping: material.trueLength)
    }

    func model() -> TransportedKeyMaterial {
        TransportedKeyMaterial(blob: [UInt8](blob), trueLength: Int(trueLength))
    }
}

extension WireLocateOperation {
    init(_ locate: LocateOperation) {
        self.init()
        attributes = locate.filter.attributes.map(WireAttribute.init)
        if let maximum = locate.maximumItems { maximumItems = UInt32(clamping: maximum) }
        offset = UInt32(clamping: locate.offset)
    }

    func model() throws(JobMessageError) -> LocateOperation {
        LocateOperation(
            filter: ObjectFilter(attributes: try attributes.model()),
            maximumItems: hasMaximumItems ? Int(maximumItems) : nil,
            offset: Int(offset)
        )
    }
}

extension WireRevokeOperation {
    init(_ revoke: RevokeOperation) {
        self.init()
        reason = revoke.reason.code.rawValue
        if let message = revoke.reason.message { self.message = message }
        if let occurrence = revoke.compromiseOccurrence { compromiseOccurrence = occurrence.secondsSince1970 }
    }

    func model(_ target: UniqueIdentifier?) -> RevokeOperation {
        RevokeOperation(
            identifier: target,
            reason: RevocationReason(
                code: RevocationReason.Code(rawValue: reason),
                message: hasMessage ? message : nil
            ),
            compromiseOccurrence: hasCompromiseOccurrence
                ? Timestamp(secondsSince1970: compromiseOccurrence) : nil
        )
    }
}
