/// What operators ask of operators.
package enum RegisteredOperatorRequest: OperatorRequest {
    /// Answered by `RegisteredOperatorAnswer.list`.
    case list
    /// Signed. Key owners and KMIP managers admit operators, and give nobody a role that they have not themselves; the
    /// viewer's, which shows what every role may see, they have as well. Everyone renews himself.
    ///
    /// - replaced: the certificate in force that this one is to take the place of, of the same name and with these roles at
    ///   least; it stays in force. Nil for a new operator, whose name nobody in force has.
    ///
    /// Answered by `RegisteredOperatorAnswer.added`.
    case add(
        name: String,
        der: [UInt8],
        roles: Set<Operator.Role>,
        replaced: CertificateFingerprint? = nil,
        signed: SignedStatement
    )
    /// For good: the certificate is never registered again. It takes away only, and is not signed. The last key owner
    /// can't be revoked, nor the last KMIP manager. Answered by `RegisteredOperatorAnswer.revoked`.
    case revoke(CertificateFingerprint)

    package var name: String {
        switch self {
        case .list: "operator.list"
        case .add: "operator.add"
        case .revoke: "operator.revoke"
        }
    }

    /// Adding is decided by the signer's roles and the new operator's.
    package var requiredRole: Operator.Role? {
        switch self {
        case .list, .add: nil
        case .revoke: .keyOwner
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list: .none
        case .add, .revoke: .authority
        }
    }
}

package enum RegisteredOperatorAnswer: Hashable, Sendable {
    case list([Operator])
    case added(Operator)
    case revoked(Operator)
}
