import Cryptography
import KeyModel

/// Certificates that their holder signs: for those who are known by fingerprint, where an issuer would say nothing.
///
/// The gateway's server certificate is one. vCenter pins it, and with an RSA key all of it, the signature too, is RSA:
/// a client that is limited to RSA finds nothing else in it.
enum SelfSignedCertificate {
    static let serverDays = 3 * 365
    static let clientDays = 365

    static func server(hosts: [String], key: PrivateKey, now: Int64) throws -> Certificate {
        var template = CertificateTemplate(
            commonName: "keyferry gateway",
            validity: .days(serverDays, from: now)
        )
        // TLS 1.2's RSA key exchange, which KMIP's suites demand, encrypts to the certificate (RFC 5246, 7.4.2).
        template.keyUsage = key.algorithm == .p256 ? [.digitalSignature] : [.digitalSignature, .keyEncipherment]
        template.extendedKeyUsage = [.serverAuthentication]
        return try ServerHosts.issue(for: hosts) { names in
            template.names = names
            return try .selfSigned(template, key: key)
        }
    }

    static func client(name: String, key: PrivateKey, now: Int64) throws -> Certificate {
        var template = CertificateTemplate(commonName: name, validity: .days(clientDays, from: now))
        template.extendedKeyUsage = [.clientAuthentication]
        return try .selfSigned(template, key: key)
    }
}

extension Certificate {
    /// The identity that this certificate is known by.
    func fingerprint() throws(SetupError) -> CertificateFingerprint {
        guard let fingerprint = CertificateFingerprint(fingerprintSHA256) else {
            throw SetupError(.installationDamaged, "a certificate has no SHA-256 fingerprint")
        }
        return fingerprint
    }

    func serviceIdentity(_ role: ServiceRole, name: String) throws(SetupError) -> ServiceIdentity {
        ServiceIdentity(
            fingerprint: try fingerprint(),
            name: name,
            role: role,
            status: .inForce,
            notAfter: Timestamp(secondsSince1970: notAfter)
        )
    }

    func clientCertificate(
        of instance: InstanceIdentifier,
        name: String,
        now: Int64
    ) throws(SetupError) -> ClientCertificate {
        ClientCertificate(
            fingerprint: try fingerprint(),
            instance: instance,
            name: name,
            der: der,
            subject: subject,
            notBefore: Timestamp(secondsSince1970: notBefore),
            notAfter: Timestamp(secondsSince1970: notAfter),
            added: Timestamp(secondsSince1970: now)
        )
    }
}
