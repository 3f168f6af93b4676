package import FoundationEssentials

/// A certificate that a client has shown, with proof of its key, and that is not registered (`PendingCertificate` in
/// openapi.yaml).
package struct PendingCertificateResource: Codable, Hashable, Sendable {
    /// SHA-256 of the DER form, as 64 lower-case hexadecimal digits: what to know a client by.
    package let fingerprint: String
    /// RFC 4514 text. Whoever made the certificate has chosen it.
    package let subject: String
    package let issuer: String
    /// The kind of public key, such as `RSA-2048`.
    package let key: String
    package let notBefore: Date
    package let notAfter: Date
    /// From where it came the last time.
    package let address: String
    package let firstSeen: Date
    package let lastSeen: Date
    /// How often it was asked about: tries that follow each other quickly count once.
    package let attempts: Int

    package init(
        fingerprint: String,
        subject: String,
        issuer: String,
        key: String,
        notBefore: Date,
        notAfter: Date,
        address: String,
        firstSeen: Date,
        lastSeen: Date,
        attempts: Int
    ) {
        self.fingerprint = fingerprint
        self.subject = subject
        self.issuer = issuer
        self.key = key
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.address = address
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.attempts = attempts
    }
}

/// Where a pending certificate is to be registered, and how it is to be called (`CertificateAdmission` in openapi.yaml).
package struct CertificateAdmission: Codable, Hashable, Sendable {
    package let instance: String
    /// Unique within the instance.
    package let name: String

    package init(instance: String, name: String) {
        self.instance = instance
        self.name = name
    }
}
