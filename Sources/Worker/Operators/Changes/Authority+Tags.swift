import KeyModel

extension Authority {
    /// The present state of the record that a request is about; nil where there is none.
    func tag(changedBy request: OperatorJob.Request, in partition: PartitionName) -> RecordTag? {
        switch request {
        case .certificate(let request): tag(changedBy: request)
        case .rootKey(.rotate(let name)), .rootKey(.suspend(let name)), .rootKey(.resume(let name)),
            .rootKey(.importVersion(let name, _, _)), .rootKey(.delete(let name, _)), .rootKey(.restore(let name)):
            rootKey(named: name, in: partition).map {
                $0.tag(currentVersion: currentVersion(of: $0.identifier)?.version)
            }
        case .instance(.activate(let name, _)), .instance(.deactivate(let name)), .instance(.remove(let name, _)),
            .instance(.checkRemovalStep(let name, _, _)), .key(.revokeAll(let name, _, _, _)):
            instance(named: name, in: partition)?.tag
        case .authorization(.grant(let rootKey, let instance, _, _)),
            .authorization(.withdraw(let rootKey, let instance)):
            authorization(ofInstance: instance, forRootKey: rootKey, in: partition)?.tag
        case .registeredOperator(.add(_, _, _, let replaced?, _)): operators.first { $0.fingerprint == replaced }?.tag
        case .identity(.add(_, _, let replaced?, _)): services.first { $0.fingerprint == replaced }?.tag
        case .registeredOperator(.revoke(let fingerprint)): operators.first { $0.fingerprint == fingerprint }?.tag
        case .identity(.revoke(let fingerprint, _)): services.first { $0.fingerprint == fingerprint }?.tag
        // Reads; what has no record yet; and single keys, which are no part of the authority.
        case .instance, .partition, .key, .rootKey, .operation, .authorization, .registeredOperator, .identity: nil
        }
    }

    private func tag(changedBy request: ClientCertificateRequest) -> RecordTag? {
        switch request {
        case .add(let instance, _, _), .admit(_, let instance, _): (try? requireInstance(named: instance))?.tag
        case .remove(let instance, let name), .replace(let instance, let name, _, _):
            (try? requireCertificate(named: name, of: try requireInstance(named: instance)))?.tag
        case .list, .show, .listPending: nil
        }
    }

    private func instance(named name: String, in partition: PartitionName) -> Instance? {
        try? requireInstance(named: name, in: partition)
    }

    private func rootKey(named name: String, in partition: PartitionName) -> RootKey? {
        try? requireRootKey(name, in: partition)
    }

    private func authorization(
        ofInstance instance: String,
        forRootKey rootKey: String,
        in partition: PartitionName
    ) -> ServiceAuthorization? {
        guard let instance = self.instance(named: instance, in: partition),
            let rootKey = self.rootKey(named: rootKey, in: partition)
        else { return nil }
        return authorization(of: instance.identifier, for: rootKey.identifier)
    }
}
