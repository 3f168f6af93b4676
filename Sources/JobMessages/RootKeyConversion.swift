import Foundation
import KeyModel
import SwiftProtobuf

extension WireRootKeyRequest {
    init(_ model: RootKeyRequest) {
        self.init()
        switch model {
        case .list: list = WireListRootKeys()
        case .show(let rootKey): show = rootKey
        case .create(let name): create = .with { $0.name = name }
        case .rotate(let rootKey): rotate = rootKey
        case .suspend(let rootKey): suspend = rootKey
        case .resume(let rootKey): resume = rootKey
        case .importToken: importToken = WireRootKeyImportTokenRequest()
        case .importKey(let name, let wrapped, let signed):
            importKey = .with {
                $0.name = name
                $0.wrappedKey = Data(wrapped)
                $0.signed = WireSignedStatement(signed)
            }
        case .importVersion(let rootKey, let wrapped, let signed):
            importVersion = .with {
                $0.rootKey = rootKey
                $0.wrappedKey = Data(wrapped)
                $0.signed = WireSignedStatement(signed)
            }
        case .delete(let rootKey, let signed):
            delete = .with {
                $0.rootKey = rootKey
                $0.signed = signed.map(WireSignedStatement.init)
            }
        case .restore(let rootKey): restore = rootKey
        case .deletionReport(let rootKey, let offset):
            deletionReport = .with {
                $0.rootKey = rootKey
                $0.offset = UInt64(clamping: offset)
            }
        }
    }

    func model() throws(JobMessageError) -> RootKeyRequest {
        switch request {
        case .list: .list
        case .show(let rootKey): .show(rootKey)
        case .create(let create): .create(name: create.name)
        case .rotate(let rootKey): .rotate(rootKey)
        case .suspend(let rootKey): .suspend(rootKey)
        case .resume(let rootKey): .resume(rootKey)
        case .importToken: .importToken
        case .importKey(let key):
            .importKey(name: key.name, wrapped: [UInt8](key.wrappedKey), signed: key.signed.model())
        case .importVersion(let version):
            .importVersion(
                version.rootKey,
                wrapped: [UInt8](version.wrappedKey),
                signed: version.signed.model()
            )
        case .delete(let delete): .delete(delete.rootKey, signed: delete.signed.map { $0.model() })
        case .restore(let rootKey): .restore(rootKey)
        case .deletionReport(let wanted): .deletionReport(wanted.rootKey, offset: Int(clamping: wanted.offset))
        case nil: throw .notUnderstood
        }
    }
}

extension WireRootKeyAnswer {
    init(_ model: RootKeyAnswer) {
        self.init()
        switch model {
        case .list(let all): list = .with { $0.rootKeys = all.map(WireRootKeyDetails.init) }
        case .rootKey(let description): rootKey = WireRootKeyDetails(description)
        case .rotation(let operation): rotation = WireBackgroundOperation(operation)
        case .importToken(let signed): importToken = WireSignedStatement(signed)
        case .deletionReport(let part):
            deletionReport = .with {
                $0.bytes = Data(part.bytes)
                $0.totalByteCount = UInt64(clamping: part.totalByteCount)
                $0.signature = part.signature
                $0.certificate = Data(part.certificate)
            }
        }
    }

    func model() throws(JobMessageError) -> RootKeyAnswer {
        switch answer {
        case .list(let list):
            var descriptions: [RootKeyDescription] = []
            for description in list.rootKeys { descriptions.append(try description.model()) }
            return .list(descriptions)
        case .rootKey(let description): return .rootKey(try description.model())
        case .rotation(let operation): return .rotation(try operation.model())
        case .importToken(let signed): return .importToken(signed.model())
        case .deletionReport(let part):
            return .deletionReport(
                DeletionReportPart(
                    bytes: [UInt8](part.bytes),
                    totalByteCount: Int(clamping: part.totalByteCount),
                    signature: part.signature,
                    certificate: [UInt8](part.certificate)
                )
            )
        case nil: throw .notUnderstood
        }
    }
}

extension WireRootKeyDetails {
    init(_ description: RootKeyDescription) {
        self.init()
        let key = description.rootKey
        identifier = key.identifier.text
        name = key.name
        partition = key.partition.text
        status = key.status.rawValue
        created = key.created.secondsSince1970
        versions = description.versions.map(WireRootKeyVersion.init)
        instances = description.instances
        if let rotation = description.rotation { self.rotation = rotation.text }
        if let deletion = description.deletion { self.deletion = WireRootKeyDeletion(deletion) }
    }

    func model() throws(JobMessageError) -> RootKeyDescription {
        guard let partition = PartitionName(partition), let status = RootKey.Status(rawValue: status) else {
            throw .notUnderstood
        }
        var models: [RootKeyDescription.Version] = []
        for version in versions { models.append(try version.model()) }
        return RootKeyDescription(
            rootKey: RootKey(
                identifier: RootKeyIdentifier(identifier),
                name: name,
                partition: partition,
                status: status,
                created: Timestamp(secondsSince1970: created)
            ),
            versions: models,
            instances: instances,
            rotation: hasRotation ? OperationIdentifier(rotation) : nil,
            deletion: hasDeletion ? deletion.model() : nil
        )
    }
}

extension WireRootKeyDeletion {
    init(_ model: RootKeyDeletion.Description) {
        self.init()
        operation = model.operation.text
        due = model.due.secondsSince1970
        isWaitingForTicketKey = model.isWaitingForTicketKey
    }

    func model() -> RootKeyDeletion.Description {
        RootKeyDeletion.Description(
            operation: OperationIdentifier(operation),
            due: Timestamp(secondsSince1970: due),
            isWaitingForTicketKey: isWaitingForTicketKey
        )
    }
}

extension WireRootKeyVersion {
    init(_ model: RootKeyDescription.Version) {
        self.init()
        version = UInt32(clamping: model.version)
        status = model.status.rawValue
        created = model.created.secondsSince1970
        objectCounts = model.objectCounts.sorted { $0.key < $1.key }.map { instance, count in
            .with {
                $0.instance = instance
                $0.count = UInt64(clamping: count)
            }
        }
        if let keptUntil = model.keptUntil { self.keptUntil = keptUntil.secondsSince1970 }
    }

    func model() throws(JobMessageError) -> RootKeyDescription.Version {
        guard let status = RootKeyVersion.Status(rawValue: status) else { throw .notUnderstood }
        return RootKeyDescription.Version(
            version: Int(version),
            status: status,
            created: Timestamp(secondsSince1970: created),
            objectCounts: Dictionary(
                objectCounts.map { ($0.instance, Int(clamping: $0.count)) },
                uniquingKeysWith: { $1 }
            ),
            keptUntil: hasKeptUntil ? Timestamp(secondsSince1970: keptUntil) : nil
        )
    }
}
