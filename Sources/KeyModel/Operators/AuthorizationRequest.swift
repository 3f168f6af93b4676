/// What operators ask of service authorizations: the permission that a root key's owner gives an instance.
///
/// Root keys are named by identifier, or by a name that one root key of the partition alone has; instances by name.
package enum AuthorizationRequest: OperatorRequest {
    /// Those of a root key. Answered by `AuthorizationAnswer.list`.
    case list(rootKey: String)
    /// From now on the instance has these roles and no others. Signed, for it gives something away. Answered by
    /// `AuthorizationAnswer.granted`.
    case grant(rootKey: String, instance: String, roles: Set<ServiceAuthorization.Role>, signed: SignedStatement)
    /// Ends service at once. It takes away only, and must be quick: it is not signed, for a dishonest admin front could
    /// as well end service by doing nothing. Answered by `AuthorizationAnswer.withdrawn`.
    case withdraw(rootKey: String, instance: String)

    package var name: String {
        switch self {
        case .list: "authorization.list"
        case .grant: "authorization.grant"
        case .withdraw: "authorization.withdraw"
        }
    }

    package var requiredRole: Operator.Role? {
        switch self {
        case .list: nil
        case .grant, .withdraw: .keyOwner
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list: .none
        case .grant, .withdraw: .authority
        }
    }
}

package enum AuthorizationAnswer: Hashable, Sendable {
    case list([AuthorizationDescription])
    case granted(AuthorizationDescription)
    case withdrawn(AuthorizationDescription)
}

/// An authorization with the names of what it is about.
package struct AuthorizationDescription: Hashable, Sendable {
    package let authorization: ServiceAuthorization
    package let instanceName: String
    package let rootKeyName: String

    package init(authorization: ServiceAuthorization, instanceName: String, rootKeyName: String) {
        self.authorization = authorization
        self.instanceName = instanceName
        self.rootKeyName = rootKeyName
    }
}
