import Cryptography
import KeyModel

/// Who issues what in an installation.
///
/// The services CA (identities of processes, ticket keys, the admin front's server certificate) and the operators CA
/// are two, so that neither can make what the other is believed for. A services CA's certificate without the extensions
/// of `ServiceCertificateExtension` confers no role.
extension CertificateAuthority {
    static let authorityDays = 3_650
    static let leafDays = 365

    static func make(_ commonName: String, in files: CredentialFiles, now: Int64) throws -> CertificateAuthority {
        let key = try PrivateKey.generate(.p256)
        let authority = try create(commonName: commonName, validity: .days(authorityDays, from: now), key: key)
        try files.write(authority.certificate, key)
        return authority
    }

    static func load(_ files: CredentialFiles) throws(SetupError) -> CertificateAuthority {
        do {
            return try CertificateAuthority(certificate: files.certificate(), key: files.key())
        } catch let error as SetupError {
            throw error
        } catch {
            throw SetupError(.installationDamaged, "\(files.certificateFile) is not the CA of \(files.keyFile)")
        }
    }

    /// An identity in the pipeline: DESIGN's service certificate. It signs tickets or heartbeats; a ticket key's is
    /// encrypted to.
    func issueIdentity(
        _ role: ServiceRole,
        partition: PartitionName,
        to key: PublicKey,
        now: Int64
    ) throws -> Certificate {
        var template = CertificateTemplate(commonName: "keyferry \(role.rawValue)", validity: leafValidity(now))
        template.keyUsage = role == .ticket ? [.keyEncipherment] : [.digitalSignature]
        let service = ServiceCertificateExtension(role: role.rawValue, partitions: [partition.text])
        template.extensions = try service.extensions()
        return try issue(template, to: key)
    }

    func issueOperator(name: String, to key: PublicKey, now: Int64) throws -> Certificate {
        var template = CertificateTemplate(commonName: name, validity: leafValidity(now))
        template.extendedKeyUsage = [.clientAuthentication]
        return try issue(template, to: key)
    }

    /// The server certificate of the admin front.
    func issueServer(hosts: [String], to key: PublicKey, now: Int64) throws -> Certificate {
        var template = CertificateTemplate(commonName: "keyferry admin front", validity: leafValidity(now))
        template.extendedKeyUsage = [.serverAuthentication]
        return try ServerHosts.issue(for: hosts) { names in
            template.names = names
            return try issue(template, to: key)
        }
    }

    /// A year, and no longer than this CA.
    private func leafValidity(_ now: Int64) -> CertificateValidity {
        let year = CertificateValidity.days(Self.leafDays, from: now)
        return CertificateValidity(notBefore: year.notBefore, notAfter: min(year.notAfter, certificate.notAfter))
    }
}
