import Cryptography
import KeyModel

/// Who issues what in an installation; operators and services by `CertificateAuthority+Members`.
extension CertificateAuthority {
    static let authorityDays = 3_650

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

    func issueIdentity(
        _ role: ServiceRole,
        partition: PartitionName,
        to key: PublicKey,
        now: Int64
    ) throws -> Certificate {
        try issueService(role: role.rawValue, partition: partition.text, to: key, now: now)
    }

    /// The server certificate of the admin front.
    func issueServer(hosts: [String], to key: PublicKey, now: Int64) throws -> Certificate {
        var template = CertificateTemplate(commonName: "keyferry admin front", validity: validity(Self.memberDays, now))
        template.extendedKeyUsage = [.serverAuthentication]
        return try ServerHosts.issue(for: hosts) { names in
            template.names = names
            return try issue(template, to: key)
        }
    }
}
