import Foundation
import KeyModel
import SwiftProtobuf

extension JobReply {
    /// The reply as the bytes that are sealed, and that the store keeps of a changing job.
    package func serialized() -> [UInt8] {
        let wire = WireReply.with {
            switch self {
            case .kmip(let outcomes): $0.kmip = .with { $0.outcomes = outcomes.map(WireOperationOutcome.init) }
            case .client(let client):
                $0.client = .with {
                    $0.instanceName = client.instanceName
                    $0.isInService = client.isInService
                    $0.certificateNotAfter = client.certificateNotAfter.secondsSince1970
                }
            case .operator(let answer): $0.operator = WireOperatorAnswer(answer)
            case .failure(let failure): $0.failure = WireFailure(failure)
            }
        }
        return wire.encoded()
    }

    package init(serialized bytes: [UInt8]) throws(JobMessageError) {
        let wire: WireReply = try .decoded(bytes)
        switch wire.content {
        case .kmip(let reply):
            var outcomes: [OperationOutcome] = []
            for outcome in reply.outcomes {
                outcomes.append(try outcome.model())
            }
            self = .kmip(outcomes)
        case .client(let client):
            self = .client(
                ClientDescription(
                    instanceName: client.instanceName,
                    isInService: client.isInService,
                    certificateNotAfter: Timestamp(secondsSince1970: client.certificateNotAfter)
                )
            )
        case .operator(let answer): self = .operator(try answer.model())
        case .failure(let failure): self = .failure(try failure.model())
        case nil: throw .notUnderstood
        }
    }
}

extension WireFailure {
    init(_ failure: OperationFailure) {
        self.init()
        code = UInt32(failure.code.rawValue)
        if let attribute = failure.attribute { self.attribute = attribute.text }
    }

    func model() throws(JobMessageError) -> OperationFailure {
        guard let code = OperationFailure.Code(rawValue: Int(code)) else { throw .notUnderstood }
        return OperationFailure(code, attribute: hasAttribute ? AttributeName(attribute) : nil)
    }
}

extension WireOperationOutcome {
    init(_ outcome: OperationOutcome) {
        self.init()
        switch outcome {
        case .failure(let failure): self.failure = WireFailure(failure)
        case .success(let result): set(result)
        }
    }

    private mutating func set(_ result: OperationResult) {
        switch result {
        case .created(let type, let target):
            (identifier, created) = (target.text, type.rawValue)
        case .registered(let target): (identifier, registered) = (target.text, WireDone())
        case .got(let key): (identifier, got) = (key.identifier.text, WireRetrievedKey(key))
        case .attributes(let target, let list):
            identifier = target.text
            attributes = .with { $0.attributes = list.map(WireAttribute.init) }
        case .attributeList(let target, let names):
            identifier = target.text
            attributeNames = .with { $0.names = names.map(\.text) }
        case .attributeAdded(let target, let attribute):
            (identifier, attributeAdded) = (target.text, WireAttribute(attribute))
        case .attributeModified(let target, let attribute):
            (identifier, attributeModified) = (target.text, WireAttribute(attribute))
        case .attributeDeleted(let target, let attribute):
            (identifier, attributeDeleted) = (target.text, WireAttribute(attribute))
        case .located(let found, let total):
            located = .with {
                $0.identifiers = found.map(\.text)
                if let total { $0.total = UInt32(clamping: total) }
            }
        case .activated(let target): (identifier, activated) = (target.text, WireDone())
        case .revoked(let target): (identifier, revoked) = (target.text, WireDone())
        case .destroyed(let target): (identifier, destroyed) = (target.text, WireDone())
        }
    }

    func model() throws(JobMessageError) -> OperationOutcome {
        let target = UniqueIdentifier(identifier)
        switch kind {
        case .failure(let failure): return .failure(try failure.model())
        case .created(let type): return .success(.created(ObjectType(rawValue: type), target))
        case .registered: return .success(.registered(target))
        case .got(let key): return .success(.got(try key.model(target)))
        case .attributes(let list): return .success(.attributes(target, try list.attributes.model()))
        case .attributeNames(let list):
            return .success(.attributeList(target, list.names.map { AttributeName($0) }))
        case .attributeAdded(let attribute): return .success(.attributeAdded(target, try attribute.model()))
        case .attributeModified(let attribute): return .success(.attributeModified(target, try attribute.model()))
        case .attributeDeleted(let attribute): return .success(.attributeDeleted(target, try attribute.model()))
        case .located(let located):
            return .success(
                .located(
                    located.identifiers.map { UniqueIdentifier($0) },
                    total: located.hasTotal ? Int(located.total) : nil
                )
            )
        case .activated: return .success(.activated(target))
        case .revoked: return .success(.revoked(target))
        case .destroyed: return .success(.destroyed(target))
        case nil: throw .notUnderstood
        }
    }
}

extension WireRetrievedKey {
    init(_ key: RetrievedKey) {
        self.init()
        objectType = key.objectType.rawValue
        algorithm = key.algorithm.rawValue
        length = UInt32(clamping: key.length)
        material = WireTransportedMaterial(key.material)
        digest = Data(key.digest)
    }

    func model(_ target: UniqueIdentifier) throws(JobMessageError) -> RetrievedKey {
        guard digest.count == 32 else { throw .malformed }
        return RetrievedKey(
            identifier: target,
            objectType: ObjectType(rawValue: objectType),
            algorithm: KeyAlgorithm(rawValue: algorithm),
            length: Int(length),
            material: material.model(),
            digest: [UInt8](digest)
        )
    }
}
