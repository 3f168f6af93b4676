/// A CA that issues leaf certificates, and nothing below them.
package struct CertificateAuthority: Sendable {
    package let certificate: Certificate
    private let signer: CertificateSigner

    /// An existing CA. Fails with `issuerNotAuthority` for a certificate that may not issue, and with `invalidKey`
    /// where the key is not the certificate's.
    package init(certificate: Certificate, signer: CertificateSigner) throws(CryptographyError) {
        guard certificate.isCertificateAuthority else {
            throw CryptographyError(code: .issuerNotAuthority, operation: "CertificateAuthority")
        }
        guard certificate.publicKey == signer.publicKey else {
            throw CryptographyError(code: .invalidKey, operation: "CertificateAuthority")
        }
        self.certificate = certificate
        self.signer = signer
    }

    package init(certificate: Certificate, key: PrivateKey) throws(CryptographyError) {
        try self.init(certificate: certificate, signer: CertificateSigner(key))
    }

    /// A new CA with a certificate that it signs itself, path length 0.
    package static func create(
        commonName: String,
        validity: CertificateValidity,
        signer: CertificateSigner
    ) throws -> CertificateAuthority {
        var template = CertificateTemplate(commonName: commonName, validity: validity)
        template.keyUsage = [.keyCertSign, .crlSign]
        let identifier = try CertificateEncoding.keyIdentifier(of: signer.publicKey)
        let certificate = try IssuedCertificate(
            template: template,
            role: .authority,
            publicKey: signer.publicKey,
            issuerName: try CertificateEncoding.name(commonName: commonName),
            issuerKeyIdentifier: identifier
        ).signed(by: signer)
        return try CertificateAuthority(certificate: certificate, signer: signer)
    }

    package static func create(
        commonName: String,
        validity: CertificateValidity,
        key: PrivateKey
    ) throws -> CertificateAuthority {
        try create(commonName: commonName, validity: validity, signer: CertificateSigner(key))
    }

    /// Issues a leaf certificate to the holder of a key.
    ///
    /// Throws `CryptographyError`, or what an outside signer throws.
    package func issue(_ template: CertificateTemplate, to publicKey: PublicKey) throws -> Certificate {
        let leaf = try IssuedCertificate(
            template: template,
            role: .leaf,
            publicKey: publicKey,
            issuerName: try CertificateEncoding.subjectName(of: certificate),
            issuerKeyIdentifier: try certificate.subjectKeyIdentifier()
                ?? CertificateEncoding.keyIdentifier(of: signer.publicKey)
        ).signed(by: signer)
        guard leaf.isIssued(by: certificate) else {
            throw CryptographyError(code: .operationFailed, operation: "CertificateAuthority.issue")
        }
        return leaf
    }
}

extension Certificate {
    /// A leaf that its holder signs: for one who is known by fingerprint, where an issuer would say nothing.
    ///
    /// The CA in between has the holder's name and key and is forgotten at once: what remains is a leaf whose issuer is
    /// its subject (RFC 5280, section 3.2, self-signed).
    package static func selfSigned(_ template: CertificateTemplate, key: PrivateKey) throws -> Certificate {
        let holder = try CertificateAuthority.create(
            commonName: template.commonName,
            validity: template.validity,
            key: key
        )
        return try holder.issue(template, to: key.publicKey)
    }

    fileprivate func subjectKeyIdentifier() throws(CryptographyError) -> [UInt8]? {
        guard let value = `extension`(oid: StandardExtension.subjectKeyIdentifier.description) else { return nil }
        var reader = DERReader(value)
        let identifier = Array(try reader.read(.octetString))
        try reader.finish()
        return identifier
    }
}
