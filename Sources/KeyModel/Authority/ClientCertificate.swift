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
    /// When it ends by an operator's decision, where another has replaced it.
    package let validUntil: Timestamp?

    package init(
        fingerprint: CertificateFingerprint,
        instance: InstanceIdentifier,
        name: String,
        der: [UInt8],
        subject: String,
        notBefore: Timestamp,
        notAfter: Timestamp,
        added: Timestamp,
        validUntil: Timestamp? = nil
    ) {
        self.fingerprint = fingerprint
        self.instance = instance
        self.name = name
        self.der = der
        self.subject = subject
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.added = added
        self.validUntil = validUntil
    }

    /// The last second in which it is valid: its own date's, or the one that an operator has decided on.
    package var end: Timestamp { validUntil.map { min($0, notAfter) } ?? notAfter }

    /// Whether the certificate is within its dates, and has not ended before.
    package func isInForce(at now: Timestamp) -> Bool {
        notBefore <= now && now <= end
    }

    /// The same certificate under another name, or with another end.
    package func with(name: String, validUntil: Timestamp?) -> ClientCertificate {
        ClientCertificate(
            fingerprint: fingerprint,
            instance: instance,
            name: name,
            der: der,
            subject: subject,
            notBefore: notBefore,
            notAfter: notAfter,
            added: added,
            validUntil: validUntil
        )
    }
}
