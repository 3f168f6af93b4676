import KeyModel

extension Authority {
    /// The present state of the record that a request is about; nil where there is none.
    func tag(changedBy request: OperatorJob.Request) -> RecordTag? {
        switch request {
        case .certificate(.add(let instance, _, _)), .certificate(.admit(_, let instance, _)): tag(ofInstance: instance)
        case .certificate(.remove(let instance, let name)), .certificate(.replace(let instance, let name, _, _)):
            certificate(named: name, of: instance)?.tag
        case .rootKey(.rotate(let name)), .rootKey(.suspend(let name)), .rootKey(.resume(let name)),
            .rootKey(.delete(let name, _)), .rootKey(.restore(let name)):
            rootKey(named: name)?.tag
        case .instance(.activate(let name, _)), .instance(.deactivate(let name)), .instance(.remove(let name, _)):
            tag(ofInstance: name)
        // Reads; what has no record yet, or one that is not changed but made and taken away; and keys, which are no part
        // of the authority.
        case .certificate(.list), .certificate(.show), .certificate(.listPending), .instance, .partition, .key,
            .rootKey(.list), .rootKey(.show), .rootKey(.create), .rootKey(.deletionReport), .operation, .authorization,
            .registeredOperator,
            .identity:
            nil
        }
    }

    private func rootKey(named text: String) -> RootKey? {
        rootKeys.first { $0.identifier.text == text } ?? rootKeys.first { $0.name == text }
    }

    private func tag(ofInstance name: String) -> RecordTag? {
        instances.first { $0.name == name }?.tag
    }

    private func certificate(named name: String, of instance: String) -> ClientCertificate? {
        guard let owner = instances.first(where: { $0.name == instance }) else { return nil }
        return certificates.first { $0.instance == owner.identifier && $0.name == name }
    }
}
