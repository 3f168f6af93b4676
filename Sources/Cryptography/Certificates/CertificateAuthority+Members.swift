/// What the CAs of a site issue to those who make it up.
///
/// The CA of services and the CA of operators are two, so that neither can make what the other is believed for. A
/// certificate of the services' CA without the extensions of `ServiceCertificateExtension` confers no role.
extension CertificateAuthority {
    /// How long a certificate is valid unless something else is said: a year.
    package static let memberDays = 365

    /// The identity of a process in the pipeline, which signs tickets or heartbeats; or of a ticket key, which is encrypted
    /// to.
    ///
    /// - Parameters:
    ///   - role: `gateway`, `admin`, `worker` or `ticket`.
    ///   - now: seconds since 1970.
    package func issueService(
        role: String,
        partition: String,
        to key: PublicKey,
        days: Int = memberDays,
        now: Int64
    ) throws -> Certificate {
        var template = CertificateTemplate(commonName: "keyferry \(role)", validity: validity(days, now))
        template.keyUsage = role == "ticket" ? [.keyEncipherment] : [.digitalSignature]
        template.extensions = try ServiceCertificateExtension(role: role, partitions: [partition]).extensions()
        return try issue(template, to: key)
    }

    package func issueOperator(
        name: String,
        to key: PublicKey,
        days: Int = memberDays,
        now: Int64
    ) throws -> Certificate {
        var template = CertificateTemplate(commonName: name, validity: validity(days, now))
        template.extendedKeyUsage = [.clientAuthentication]
        return try issue(template, to: key)
    }

    /// So many days, and no longer than this CA.
    package func validity(_ days: Int, _ now: Int64) -> CertificateValidity {
        let wanted = CertificateValidity.days(days, from: now)
        return CertificateValidity(
            notBefore: wanted.notBefore,
            notAfter: min(wanted.notAfter, certificate.notAfter)
        )
    }
}
