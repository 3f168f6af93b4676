package import Cryptography
package import KeyModel

/// Who a service of the pipeline is: its identity key, the certificate that says its role, and the CA that says it.
package final class ServiceCredential: Sendable {
    package let key: PrivateKey
    package let certificate: Certificate
    package let trust: ServiceTrust
    package let fingerprint: CertificateFingerprint

    /// - Throws: `identityNotTrusted` where the certificate is not one of the services CA for this role and partition,
    ///   or not this key's: better to find out at start than by every worker's refusal.
    package init(
        key: PrivateKey,
        certificate: Certificate,
        trust: ServiceTrust,
        role: ServiceRole,
        now: Int64
    ) throws(SealingError) {
        let identity = try trust.identity(of: certificate, now: now)
        guard identity.role == role, key.publicKey.subjectPublicKeyInfo == certificate.publicKey.subjectPublicKeyInfo
        else { throw SealingError(.identityNotTrusted) }
        self.key = key
        self.certificate = certificate
        self.trust = trust
        self.fingerprint = identity.fingerprint
    }
}

/// What a service certificate says, after its chain was verified.
package struct VerifiedService: Hashable, Sendable {
    package let fingerprint: CertificateFingerprint
    package let role: ServiceRole
    package let partitions: [PartitionName]
    package let name: String
}

/// The services CA of one partition, as a process sees it.
package struct ServiceTrust: Sendable {
    package let partition: PartitionName
    private let authorityTrust: CertificateAuthorityTrust

    /// - Throws: `identityNotTrusted` where `authority` is no CA's certificate.
    package init(authority: Certificate, partition: PartitionName) throws(SealingError) {
        self.partition = partition
        do {
            authorityTrust = try CertificateAuthorityTrust(
                authority: authority,
                understanding: [
                    ServiceCertificateExtension.roleIdentifier, ServiceCertificateExtension.partitionsIdentifier,
                ]
            )
        } catch {
            throw SealingError(.identityNotTrusted)
        }
    }

    /// Verifies chain, dates and partition, and reads the role.
    ///
    /// - Parameter now: milliseconds since 1970.
    package func identity(of certificate: Certificate, now: Int64) throws(SealingError) -> VerifiedService {
        let service: ServiceCertificateExtension?
        do {
            try authorityTrust.verify(certificate, at: now / 1_000)
            service = try ServiceCertificateExtension(of: certificate)
        } catch {
            throw SealingError(.identityNotTrusted)
        }
        guard let service, let role = ServiceRole(rawValue: service.role),
            let fingerprint = CertificateFingerprint(certificate.fingerprintSHA256)
        else { throw SealingError(.identityNotTrusted) }
        let partitions = service.partitions.compactMap { PartitionName($0) }
        guard partitions.contains(partition) else { throw SealingError(.wrongPartition) }
        return VerifiedService(
            fingerprint: fingerprint,
            role: role,
            partitions: partitions,
            name: certificate.subject
        )
    }

    func identity(ofDER der: [UInt8], now: Int64) throws(SealingError) -> (Certificate, VerifiedService) {
        let certificate: Certificate
        do {
            certificate = try Certificate(der: der)
        } catch {
            throw SealingError(.malformed)
        }
        return (certificate, try identity(of: certificate, now: now))
    }
}
