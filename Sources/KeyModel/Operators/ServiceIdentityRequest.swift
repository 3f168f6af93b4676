/// What operators ask of the identities of services: gateways, admin fronts, workers.
package enum ServiceIdentityRequest: OperatorRequest {
    /// Answered by `ServiceIdentityAnswer.list`.
    case list
    /// Cuts a service off at once and for good. It takes away only, and is not signed.
    ///
    /// - isOwnMeant: whether it may be the identity of the admin front by which the request comes, after which this front
    ///   can do nothing for operators any more.
    ///
    /// Answered by `ServiceIdentityAnswer.revoked`.
    case revoke(CertificateFingerprint, isOwnMeant: Bool)

    package var name: String {
        switch self {
        case .list: "identity.list"
        case .revoke: "identity.revoke"
        }
    }

    /// Whoever runs the servers learns first that one was stolen.
    package var requiredRole: Operator.Role? {
        switch self {
        case .list: nil
        case .revoke: .kmipManager
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list: .none
        case .revoke: .authority
        }
    }
}

package enum ServiceIdentityAnswer: Hashable, Sendable {
    case list([ServiceIdentity])
    case revoked(ServiceIdentity)
}
