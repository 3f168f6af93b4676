/// A client certificate that is registered for an instance: whoever proves possession of its key is that client.
package struct ClientCertificate: Hashable, Sendable {
    package let fingerprint: CertificateFingerprint
    package let instance: InstanceIdentifier
    /// Unique within the instance.
    package let name: String
    /// The certificate itself, in DER. It is public.
    package let der: [UInt8]
    /// The subject as RFC 4514 text, for people.
    package let subject: String
    package let notBefore: Timestamp
    package let notAfter: Timestamp
    package let added: Timestamp

    package init(
        fingerprint: CertificateFingerprint,
        instance: InstanceIdentifier,
        name: String,
        der: [UInt8],
        subject: String,
        notBefore: Timestamp,
        notAfter: Timestamp,
        added: Timestamp
    ) {
        self.fingerprint = fingerprint
        self.instance = instance
        self.name = name
        self.der = der
        self.subject = subject
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.added = added
    }

    /// Whether the certificate is within its dates.
    package func isInForce(at now: Timestamp) -> Bool {
        notBefore <= now && now <= notAfter
    }
}
