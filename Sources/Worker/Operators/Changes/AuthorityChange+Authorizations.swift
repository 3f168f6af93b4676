import KeyModel

/// Changes of service authorizations.
extension Authority {
    func changed(
        by request: AuthorizationRequest,
        in context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        switch request {
        case .grant(let rootKey, let instance, let roles, _):
            guard context.statement?.signer.roles.contains(.keyOwner) == true else {
                throw OperationFailure(.statementNotAccepted)
            }
            guard !roles.isEmpty else { throw OperationFailure(.invalidField) }
            let rootKey = try requireRootKey(rootKey, in: context.partition)
            let instance = try requireInstance(named: instance, in: context.partition)
            guard rootKey.status == .active || rootKey.status == .suspended, instance.status != .removing else {
                throw OperationFailure(.wrongLifecycleState)
            }
            let granted = ServiceAuthorization(
                instance: instance.identifier,
                rootKey: rootKey.identifier,
                roles: roles
            )
            var next = without(granted)
            next.authorizations.append(granted)
            let answer = AuthorizationAnswer.granted(describe(granted, instance, rootKey))
            return change(to: next, answer, .authorizationGrant, of: granted)
        case .withdraw(let rootKey, let instance):
            let rootKey = try requireRootKey(rootKey, in: context.partition)
            let instance = try requireInstance(named: instance, in: context.partition)
            guard let present = authorization(of: instance.identifier, for: rootKey.identifier) else {
                throw OperationFailure(.itemNotFound)
            }
            let answer = AuthorizationAnswer.withdrawn(describe(present, instance, rootKey))
            return change(to: without(present), answer, .authorizationWithdraw, of: present)
        case .list: preconditionFailure("reads change nothing")
        }
    }

    /// The authorizations of a root key, with names.
    func authorizations(for rootKey: RootKey) -> [AuthorizationDescription] {
        authorizations.filter { $0.rootKey == rootKey.identifier }.compactMap { authorization in
            instance(authorization.instance).map { describe(authorization, $0, rootKey) }
        }
    }

    private func describe(
        _ authorization: ServiceAuthorization,
        _ instance: Instance,
        _ rootKey: RootKey
    ) -> AuthorizationDescription {
        AuthorizationDescription(
            authorization: authorization,
            instanceName: instance.name,
            rootKeyName: rootKey.name
        )
    }

    private func without(_ authorization: ServiceAuthorization) -> Authority {
        var next = self
        next.authorizations.removeAll {
            $0.instance == authorization.instance && $0.rootKey == authorization.rootKey
        }
        return next
    }

    private func change(
        to next: Authority,
        _ answer: AuthorizationAnswer,
        _ action: AuditEvent.Action,
        of authorization: ServiceAuthorization
    ) -> AuthorityChange {
        AuthorityChange(
            next: next,
            answer: .authorization(answer),
            action: action,
            instance: authorization.instance,
            notices: [.instance(authorization.instance)],
            object: UniqueIdentifier(authorization.rootKey.text)
        )
    }
}
