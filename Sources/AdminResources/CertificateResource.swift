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

    package init(
        name: String,
        fingerprint: String,
        subject: String,
        issuer: String,
        serialNumber: String,
        key: String,
        notBefore: Date,
        notAfter: Date,
        added: Date
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
