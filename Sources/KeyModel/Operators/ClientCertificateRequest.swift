/// What operators ask of the client certificates of an instance, which each request names.
package enum ClientCertificateRequest: OperatorRequest {
    /// Answered by `ClientCertificateAnswer.list`.
    case list(instance: String)
    /// Answered by `ClientCertificateAnswer.added`.
    case add(instance: String, name: String, der: [UInt8])
    /// Answered by `ClientCertificateAnswer.removed`.
    case remove(instance: String, name: String)

    package var name: String {
        switch self {
        case .list: "certificate.list"
        case .add: "certificate.add"
        case .remove: "certificate.remove"
        }
    }

    package var requiredRole: Operator.Role? {
        switch self {
        case .list: nil
        case .add, .remove: .kmipManager
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list: .none
        case .add, .remove: .authority
        }
    }
}

package enum ClientCertificateAnswer: Hashable, Sendable {
    case list([ClientCertificate])
    case added(ClientCertificate)
    case removed(CertificateFingerprint)
}
