import Cryptography
import KeyModel

/// Who issues what in an installation; operators and services by `CertificateAuthority+Members`.
extension CertificateAuthority {
    static let authorityDays = 3_650
    static let servicesName = "keyferry services CA"
    static let operatorsName = "keyferry operators CA"

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

    /// A CA of the same name and key, whose certificate is valid for longer.
    ///
    /// Who verifies a chain compares name, key identifier and key (RFC 5280, section 6.1), all of which stay: what this
    /// CA has issued is as good under the new certificate, and what is issued from now on under this one too, until it
    /// expires. The validity begins when this one's does, for a record of the past is verified as of its own time.
    ///
    /// - Returns: nil where name or key identifier would not be the same.
    func renewed(named commonName: String, key: PrivateKey, now: Int64) throws -> CertificateAuthority? {
        let validity = CertificateValidity(
            notBefore: certificate.notBefore,
            notAfter: CertificateValidity.days(Self.authorityDays, from: now).notAfter
        )
        let next = try Self.create(commonName: commonName, validity: validity, key: key)
        let subjectKeyIdentifier = "2.5.29.14"
        let identifiers = [certificate, next.certificate].map { $0.extension(oid: subjectKeyIdentifier) }
        guard identifiers[0] == identifiers[1], certificate.isIssued(by: next.certificate) else { return nil }
        return next
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

extension InstallationFolder {
    /// One of the two CAs, to issue by.
    ///
    /// - Throws: `installationDamaged`, also where it has expired: whatever it issued now would have expired as well.
    func issuer(_ name: CredentialName, at now: Int64) throws(SetupError) -> CertificateAuthority {
        let files = credential(name)
        let authority = try CertificateAuthority.load(files)
        guard authority.certificate.notAfter > now else {
            let target: RenewalTarget = name == .operatorsAuthority ? .operatorsAuthority : .servicesAuthority
            throw SetupError(
                .installationDamaged,
                "\(files.certificateFile) has expired: keyferry-setup renew --home \(path) \(target.rawValue)"
            )
        }
        return authority
    }
}
