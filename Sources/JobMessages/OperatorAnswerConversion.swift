import Foundation
import KeyModel
import SwiftProtobuf

extension WireOperatorAnswer {
    init(_ answer: OperatorAnswer) {
        self.init()
        switch answer {
        case .instance(let answer): instance = WireInstanceAnswer(answer)
        case .certificate(let answer): certificate = WireCertificateAnswer(answer)
        case .authorization(let answer): authorization = WireAuthorizationAnswer(answer)
        case .registeredOperator(let answer): registeredOperator = WireRegisteredOperatorAnswer(answer)
        case .identity(let answer): identity = WireServiceIdentityAnswer(answer)
        case .partition(let description): partition = WirePartitionDescription(description)
        case .key(let answer): key = WireKeyAnswer(answer)
        case .rootKey(let answer): rootKey = WireRootKeyAnswer(answer)
        case .operation(let answer): operation = WireOperationAnswer(answer)
        }
    }

    func model() throws(JobMessageError) -> OperatorAnswer {
        switch answer {
        case .instance(let wire): .instance(try wire.model())
        case .certificate(let wire): .certificate(try wire.model())
        case .authorization(let wire): .authorization(try wire.model())
        case .registeredOperator(let wire): .registeredOperator(try wire.model())
        case .identity(let wire): .identity(try wire.model())
        case .partition(let description): .partition(try description.model())
        case .key(let wire): .key(try wire.model())
        case .rootKey(let wire): .rootKey(try wire.model())
        case .operation(let wire): .operation(try wire.model())
        case nil: throw .notUnderstood
        }
    }
}

extension WireInstanceDescription {
    init(_ description: InstanceDescription) {
        self.init()
        let instance = description.instance
        identifier = instance.identifier.text
        name = instance.name
        status = instance.status.rawValue
        partition = instance.partition.text
        if let rootKey = instance.rootKey { self.rootKey = rootKey.text }
        created = instance.created.secondsSince1970
        certificateCount = UInt32(clamping: description.certificateCount)
        objectCounts = description.objectCounts.sorted { $0.key.rawValue < $1.key.rawValue }.map { state, count in
            .with {
                $0.state = state.rawValue
                $0.count = UInt64(clamping: count)
            }
        }
    }

    func model() throws(JobMessageError) -> InstanceDescription {
        guard let status = Instance.Status(rawValue: status), let partition = PartitionName(partition) else {
            throw .notUnderstood
        }
        var counts: [ObjectState: Int] = [:]
        for entry in objectCounts {
            guard let state = ObjectState(rawValue: entry.state) else { throw .notUnderstood }
            counts[state] = Int(clamping: entry.count)
        }
        return InstanceDescription(
            instance: Instance(
                identifier: InstanceIdentifier(identifier),
                name: name,
                status: status,
                partition: partition,
                rootKey: hasRootKey ? RootKeyIdentifier(rootKey) : nil,
                created: Timestamp(secondsSince1970: created)
            ),
            certificateCount: Int(certificateCount),
            objectCounts: counts
        )
    }
}

extension WirePartitionDescription {
    init(_ description: PartitionDescription) {
        self.init()
        partition = description.partition.text
        authorityGeneration = description.authorityGeneration
        tokenSerial = description.tokenSerial
        rootKeys = description.rootKeys.map { entry in
            .with {
                $0.identifier = entry.rootKey.identifier.text
                $0.name = entry.rootKey.name
                $0.status = entry.rootKey.status.rawValue
                $0.created = entry.rootKey.created.secondsSince1970
                if let version = entry.currentVersion { $0.currentVersion = UInt32(clamping: version) }
                if let deletion = entry.deletion { $0.deletion = WireRootKeyDeletion(deletion) }
            }
        }
        expiring = description.expiring.map { certificate in
            .with {
                $0.kind = certificate.kind.rawValue
                $0.name = certificate.name
                $0.end = certificate.end.secondsSince1970
            }
        }
    }

    func model() throws(JobMessageError) -> PartitionDescription {
        guard let partition = PartitionName(partition) else { throw .notUnderstood }
        var descriptions: [PartitionDescription.RootKeyDescription] = []
        for entry in rootKeys {
            guard let status = RootKey.Status(rawValue: entry.status) else { throw .notUnderstood }
            descriptions.append(
                PartitionDescription.RootKeyDescription(
                    rootKey: RootKey(
                        identifier: RootKeyIdentifier(entry.identifier),
                        name: entry.name,
                        partition: partition,
                        status: status,
                        created: Timestamp(secondsSince1970: entry.created)
                    ),
                    currentVersion: entry.hasCurrentVersion ? Int(entry.currentVersion) : nil,
                    deletion: entry.hasDeletion ? entry.deletion.model() : nil
                )
            )
        }
        var certificates: [ExpiringCertificate] = []
        for certificate in expiring { certificates.append(try certificate.model()) }
        return PartitionDescription(
            partition: partition,
            authorityGeneration: authorityGeneration,
            tokenSerial: tokenSerial,
            rootKeys: descriptions,
            expiring: certificates
        )
    }
}

extension WireExpiringCertificate {
    fileprivate func model() throws(JobMessageError) -> ExpiringCertificate {
        guard let kind = ExpiringCertificate.Kind(rawValue: kind) else { throw .notUnderstood }
        return ExpiringCertificate(kind: kind, name: name, end: Timestamp(secondsSince1970: end))
    }
}
