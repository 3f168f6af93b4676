import AuthorityKeeping
import HSM
import KeyModel
import KeyStorage

/// Operators' requests that read: answered from the authority, the key store and the token as they are now.
extension BatchProcessor {
    /// So many certificates are named that expire soon.
    private static let mostExpiring = 100

    /// - Parameter request: one without effect.
    func answer(_ request: OperatorJob.Request) throws -> OperatorAnswer {
        switch request {
        case .instance(let request): .instance(try answer(request))
        case .certificate(let request): .certificate(try answer(request))
        case .partition(.describe): .partition(try describePartition())
        case .key(let request): .key(try answer(request))
        case .rootKey(let request): .rootKey(try answer(request))
        case .operation(let request): .operation(try answer(request))
        case .authorization(let request): .authorization(try answer(request))
        case .registeredOperator: .registeredOperator(.list(keeper.authority.operators))
        case .identity: .identity(.list(keeper.authority.services))
        }
    }

    private func answer(_ request: InstanceRequest) throws -> InstanceAnswer {
        switch request {
        case .list:
            let instances = keeper.authority.instances.filter { $0.partition == partition }
            return .list(try store.read { transaction in try instances.map { try describe($0, transaction) } })
        case .show(let name): return try show(name)
        case .removalSteps(let name): return .removalSteps(try removalProgress(of: name))
        case .create, .activate, .deactivate, .remove, .checkRemovalStep:
            preconditionFailure("changes are carried out by change(_:of:at:) and checkRemovalStep(_:of:at:)")
        }
    }

    func describe(_ instance: Instance, _ transaction: ReadTransaction) throws -> InstanceDescription {
        InstanceDescription(
            instance: instance,
            certificateCount: keeper.authority.certificates.count { $0.instance == instance.identifier },
            objectCounts: try transaction.objectCounts(in: instance.identifier)
        )
    }

    private func answer(_ request: ClientCertificateRequest) throws -> ClientCertificateAnswer {
        switch request {
        case .list(let name):
            let instance = try keeper.authority.requireInstance(named: name)
            let seen = try certificateSightings()
            return .list(
                keeper.authority.certificates.filter { $0.instance == instance.identifier }.map { certificate in
                    ClientCertificateDescription(certificate: certificate, lastSeen: seen[certificate.fingerprint])
                }
            )
        case .show(let name, let certificate):
            let instance = try keeper.authority.requireInstance(named: name)
            let found = try keeper.authority.requireCertificate(named: certificate, of: instance)
            let seen = try certificateSightings()
            return .shown(ClientCertificateDescription(certificate: found, lastSeen: seen[found.fingerprint]))
        case .listPending: return .pending(try pendingCertificates())
        case .add, .remove, .replace, .admit: preconditionFailure("changes are carried out by change(_:of:at:)")
        }
    }

    private func describePartition() throws -> PartitionDescription {
        let authority = keeper.authority
        let present = authority.rootKeys.filter { $0.partition == partition }
        let rootKeys = try store.read { transaction in
            try present.map { key in
                let deletion = try runningDeletion(of: key, transaction)
                return PartitionDescription.RootKeyDescription(
                    rootKey: key,
                    currentVersion: authority.currentVersion(of: key.identifier)?.version,
                    deletion: deletion.map { authority.describe($0.deletion) }
                )
            }
        }
        return PartitionDescription(
            partition: partition,
            authorityGeneration: authority.generation,
            tokenSerial: hsm.serial ?? "",
            rootKeys: rootKeys,
            expiring: authority.expiringCertificates(
                in: partition,
                at: Timestamp(secondsSince1970: clock() / 1_000),
                limit: Self.mostExpiring
            )
        )
    }
}
