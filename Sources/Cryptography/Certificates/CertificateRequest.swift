import CCrypto

/// A PKCS #10 certification request (RFC 2986) whose signature was verified: the sender holds the key.
///
/// Nothing else in a request is taken over by itself; the issuer decides on names and extensions.
package struct CertificateRequest: Sendable {
    package let der: [UInt8]
    /// As RFC 4514 writes names.
    package let subject: String
    /// The same in DER, as it came.
    package let subjectName: [UInt8]
    package let publicKey: PublicKey

    package var pem: String { PEMDocument.encode(label: "CERTIFICATE REQUEST", der: der) }

    /// Fails with `invalidSignature` where the request was not signed with its own key.
    package init(der: [UInt8]) throws(CryptographyError) {
        let (pointer, consumed) = der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            let pointer = d2i_X509_REQ(nil, &next, buffer.count)
            let consumed = buffer.baseAddress.flatMap { start in next.map { $0 - start } }
            return (pointer, consumed)
        }
        let request = try check(pointer, .invalidCertificateRequest, "d2i_X509_REQ")
        defer { X509_REQ_free(request) }
        guard consumed == der.count else { throw CryptographyError(code: .trailingData, operation: "d2i_X509_REQ") }
        let key = EVPKey(owning: try check(X509_REQ_get_pubkey(request), .unsupportedKey, "X509_REQ_get_pubkey"))
        try check(
            key.withPointer { X509_REQ_verify(request, $0) },
            .invalidSignature,
            "X509_REQ_verify"
        )
        self.der = der
        subject = try X509Fields.text(ofName: X509_REQ_get_subject_name(request))
        subjectName = try encodeDER("i2d_X509_NAME") { output in
            i2d_X509_NAME(X509_REQ_get_subject_name(request), output)
        }
        publicKey = try PublicKey(key)
    }

    /// Reads a text with exactly one request.
    package init(pem: String) throws(CryptographyError) {
        guard !PEMDocument.mentionsPrivateKey(pem) else {
            throw CryptographyError(code: .privateKeyInsteadOfCertificate, operation: "CertificateRequest(pem:)")
        }
        let document = try PEMDocument(parsing: pem)
        let labels = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"]
        guard let block = document.blocks.first, labels.contains(block.label) else {
            throw CryptographyError(code: .invalidCertificateRequest, operation: "CertificateRequest(pem:)")
        }
        guard document.blocks.count == 1, !document.hasTrailingText else {
            throw CryptographyError(code: .trailingData, operation: "CertificateRequest(pem:)")
        }
        try self.init(der: block.der)
    }

    /// Makes a request for a key. Throws `CryptographyError`, or what an outside signer throws.
    package static func create(commonName: String, signer: CertificateSigner) throws -> CertificateRequest {
        let subject = try CertificateEncoding.name(commonName: commonName)
        var writer = DERWriter()
        // CertificationRequestInfo: version 0, subject, key, no attributes (RFC 2986, section 4.1).
        writer.sequence { information in
            information.unsignedInteger([])
            information.encoded(subject)
            information.encoded(signer.publicKey.subjectPublicKeyInfo)
            information.primitive(.constructedContext(0), [])
        }
        return try CertificateRequest(der: try signer.assemble(toBeSigned: writer.bytes))
    }

    package static func create(commonName: String, key: PrivateKey) throws -> CertificateRequest {
        try create(commonName: commonName, signer: CertificateSigner(key))
    }
}
