import KeyModel

/// What a change of authority comes to. This folder decides, from what it is given, and does nothing: fuzz targets are
/// built with it alone.
struct AuthorityChange {
    /// The authority after it.
    let next: Authority
    let answer: OperatorAnswer
    /// For the audit trail.
    let action: AuditEvent.Action
    let instance: InstanceIdentifier?
    /// What fronts are told, so that they look again.
    let notices: [ChangeNotice.Subject]
    /// What was acted upon, for the audit trail, where it is no instance.
    var object: UniqueIdentifier?
}

extension Authority {
    /// The authority after an operator's request. Pure: decides, writes nothing.
    ///
    /// - Parameter request: one whose effect is `authority`.
    func changed(by request: OperatorJob.Request, at now: Timestamp) throws(OperationFailure) -> AuthorityChange {
        switch request {
        case .certificate(let request): try changed(by: request, at: now)
        case .partition, .key, .operation: preconditionFailure("reads change nothing")
        case .rootKey: preconditionFailure("root keys are changed by changeRootKey(_:of:at:)")
        case .instance, .authorization, .registeredOperator, .identity:
            preconditionFailure("decided by changed(by:in:)")
        }
    }

    func requireInstance(named name: String) throws(OperationFailure) -> Instance {
        guard let instance = instances.first(where: { $0.name == name }) else { throw OperationFailure(.itemNotFound) }
        return instance
    }
}
