package import FoundationEssentials

/// A client certificate that is registered for an instance (`Certificate` in openapi.yaml).
package struct CertificateResource: Codable, Hashable, Sendable {
    package let name: String
    /// SHA-256 of the DER form, as 64 lower-case hexadecimal digits.
    package let fingerprint: String
    /// RFC 4514 text.
    package let subject: String
    /// RFC 4514 text.
    package let issuer: String
    /// Hexadecimal digits.
    package let serialNumber: String
    /// The kind of public key, such as `RSA-2048`.
    package let key: String
    package let notBefore: Date
    package let notAfter: Date
    package let added: Date
    /// When it ends before its own date: another certificate has replaced it. Absent where none has.
    package let validUntil: Date?
    /// When its holder last used a key, to about a minute; absent where he has not, and in the answers to changes.
    package let lastSeen: Date?

    /// When it ends, by its own date or before.
    package var end: Date { validUntil.map { min($0, notAfter) } ?? notAfter }

    package init(
        name: String,
        fingerprint: String,
        subject: String,
        issuer: String,
        serialNumber: String,
        key: String,
        notBefore: Date,
        notAfter: Date,
        added: Date,
        validUntil: Date? = nil,
        lastSeen: Date? = nil
    ) {
        self.name = name
        self.fingerprint = fingerprint
        self.subject = subject
        self.issuer = issuer
        self.serialNumber = serialNumber
        self.key = key
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.added = added
        self.validUntil = validUntil
        self.lastSeen = lastSeen
    }
}

/// A certificate to register (`NewCertificate` in openapi.yaml).
package struct NewCertificate: Codable, Hashable, Sendable {
    /// Unique within the instance.
    package let name: String
    /// Exactly one certificate, with its BEGIN CERTIFICATE and END CERTIFICATE lines.
    package let pem: String

    package init(name: String, pem: String) {
        self.name = name
        self.pem = pem
    }
}

/// What was removed (`RemovedCertificate` in openapi.yaml).
package struct RemovedCertificate: Codable, Hashable, Sendable {
    package let name: String
    package let fingerprint: String

    package init(name: String, fingerprint: String) {
        self.name = name
        self.fingerprint = fingerprint
    }
}
