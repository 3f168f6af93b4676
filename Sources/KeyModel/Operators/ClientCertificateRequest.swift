/// What operators ask of the client certificates of an instance, which each request names, and of those that were
/// refused.
package enum ClientCertificateRequest: OperatorRequest {
    /// Answered by `ClientCertificateAnswer.list`.
    case list(instance: String)
    /// Answered by `ClientCertificateAnswer.shown`.
    case show(instance: String, name: String)
    /// Answered by `ClientCertificateAnswer.added`.
    case add(instance: String, name: String, der: [UInt8])
    /// Answered by `ClientCertificateAnswer.removed`.
    case remove(instance: String, name: String)
    /// Puts another certificate under the name. Answered by `ClientCertificateAnswer.replaced`.
    case replace(instance: String, name: String, der: [UInt8], overlapSeconds: Int64)
    /// The certificates that clients have shown and that are not registered. Answered by
    /// `ClientCertificateAnswer.pending`.
    case listPending
    /// Registers one of those. Answered by `ClientCertificateAnswer.added`.
    case admit(CertificateFingerprint, instance: String, name: String)

    package var name: String {
        switch self {
        case .list: "certificate.list"
        case .show: "certificate.show"
        case .add: "certificate.add"
        case .remove: "certificate.remove"
        case .replace: "certificate.replace"
        case .listPending: "certificate.pending"
        case .admit: "certificate.admit"
        }
    }

    package var requiredRole: Operator.Role? {
        switch self {
        case .list, .show, .listPending: nil
        case .add, .remove, .replace, .admit: .kmipManager
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list, .show, .listPending: .none
        case .add, .remove, .replace, .admit: .authority
        }
    }
}

package enum ClientCertificateAnswer: Hashable, Sendable {
    case list([ClientCertificateDescription])
    case shown(ClientCertificateDescription)
    case added(ClientCertificate)
    case removed(CertificateFingerprint)
    case replaced(ClientCertificateReplacement)
    case pending([PendingCertificate])
}

/// A client certificate as operators see it.
package struct ClientCertificateDescription: Hashable, Sendable {
    package let certificate: ClientCertificate
    /// When a worker last did something for its holder, to about a minute; nil where none has.
    package let lastSeen: Timestamp?

    package init(certificate: ClientCertificate, lastSeen: Timestamp?) {
        self.certificate = certificate
        self.lastSeen = lastSeen
    }
}

/// A name's new certificate, and the one that had the name before.
package struct ClientCertificateReplacement: Hashable, Sendable {
    package let certificate: ClientCertificate
    /// As it is now: under another name, with a time at which it ends; nil where it was removed at once.
    package let previous: ClientCertificate?

    /// So long may two certificates be valid beside each other: 90 days, in seconds.
    package static let longestOverlap: Int64 = 90 * 86_400
    /// Seven days, in seconds.
    package static let usualOverlap: Int64 = 7 * 86_400

    package init(certificate: ClientCertificate, previous: ClientCertificate?) {
        self.certificate = certificate
        self.previous = previous
    }
}

/// A certificate that a client has shown, with proof of its key, and that is not registered.
///
/// The certificate is known by its fingerprint. Address and times are what gateways said, and decide nothing.
package struct PendingCertificate: Hashable, Sendable {
    package let fingerprint: CertificateFingerprint
    /// In DER; its SHA-256 is the fingerprint.
    package let der: [UInt8]
    /// From where it came the last time.
    package let address: String
    package let firstSeen: Timestamp
    package let lastSeen: Timestamp
    /// How often a worker was asked about it. Gateways keep a refusal for half a second: those in between don't count.
    package let attempts: Int

    /// A certificate that is longer is not listed.
    package static let longestDER = 8_192

    package init(
        fingerprint: CertificateFingerprint,
        der: [UInt8],
        address: String,
        firstSeen: Timestamp,
        lastSeen: Timestamp,
        attempts: Int
    ) {
        self.fingerprint = fingerprint
        self.der = der
        self.address = address
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.attempts = attempts
    }
}
