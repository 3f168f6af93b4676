/// What operators ask of the identities of services: gateways, admin fronts, workers.
package enum ServiceIdentityRequest: OperatorRequest {
    /// Answered by `ServiceIdentityAnswer.list`.
    case list
    /// Signed. Its certificate, of the services CA, says which service it is and of which partitions.
    ///
    /// - replaced: the identity in force that this one is to take the place of, with the same name and role; it stays in
    ///   force. Nil for a new service, whose name nobody in force has.
    ///
    /// Answered by `ServiceIdentityAnswer.added`.
    case add(name: String, der: [UInt8], replaced: CertificateFingerprint? = nil, signed: SignedStatement)
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
        case .add: "identity.add"
        case .revoke: "identity.revoke"
        }
    }

    /// Whoever runs the servers learns first that one was stolen. Who admits a gateway gives it every key that it asks for.
    package var requiredRole: Operator.Role? {
        switch self {
        case .list: nil
        case .add: .keyOwner
        case .revoke: .kmipManager
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list: .none
        case .add, .revoke: .authority
        }
    }
}

package enum ServiceIdentityAnswer: Hashable, Sendable {
    case list([ServiceIdentity])
    case added(ServiceIdentity)
    case revoked(ServiceIdentity)
}
