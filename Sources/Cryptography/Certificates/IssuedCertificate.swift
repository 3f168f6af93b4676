/// A certificate on its way: everything that is going to be signed.
struct IssuedCertificate {
    let template: CertificateTemplate
    let role: ExtensionEncoding.Role
    let publicKey: PublicKey
    /// DER of the issuer's Name.
    let issuerName: [UInt8]
    let issuerKeyIdentifier: [UInt8]

    func signed(by signer: CertificateSigner) throws -> Certificate {
        let toBeSigned = try encode(signatureAlgorithm: try signer.signatureAlgorithm())
        return try Certificate(der: try signer.assemble(toBeSigned: toBeSigned))
    }

    /// TBSCertificate of version 3 (RFC 5280, section 4.1).
    private func encode(signatureAlgorithm: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let serialNumber = try CertificateEncoding.randomSerialNumber()
        let validity = try CertificateEncoding.validity(template.validity)
        let commonName = try CertificateEncoding.name(commonName: template.commonName)
        let subject = template.subjectName ?? commonName
        let extensions = try ExtensionEncoding.sequence(of: try makeExtensions())
        var writer = DERWriter()
        writer.sequence { certificate in
            certificate.constructed(.constructedContext(0)) { $0.unsignedInteger([2]) }
            certificate.unsignedInteger(serialNumber)
            certificate.encoded(signatureAlgorithm)
            certificate.encoded(issuerName)
            certificate.encoded(validity)
            certificate.encoded(subject)
            certificate.encoded(publicKey.subjectPublicKeyInfo)
            certificate.constructed(.constructedContext(3)) { $0.encoded(extensions) }
        }
        return writer.bytes
    }

    private func makeExtensions() throws(CryptographyError) -> [CertificateExtension] {
        var extensions = [
            ExtensionEncoding.basicConstraints(role),
            ExtensionEncoding.subjectKeyIdentifier(try CertificateEncoding.keyIdentifier(of: publicKey)),
            ExtensionEncoding.authorityKeyIdentifier(issuerKeyIdentifier),
        ]
        if !template.keyUsage.isEmpty { extensions.append(ExtensionEncoding.keyUsage(template.keyUsage)) }
        if !template.extendedKeyUsage.isEmpty {
            extensions.append(ExtensionEncoding.extendedKeyUsage(template.extendedKeyUsage))
        }
        if !template.names.isEmpty {
            extensions.append(try ExtensionEncoding.subjectAlternativeNames(template.names))
        }
        return extensions + template.extensions
    }
}
