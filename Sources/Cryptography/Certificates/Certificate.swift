import CCrypto

/// An X.509 certificate (RFC 5280). Everything about it is read once, when it is made.
///
/// Having one says nothing about trust: that is `CertificateAuthorityTrust`'s, or a pinned fingerprint's, to decide.
package final class Certificate: Sendable {
    package let der: [UInt8]
    /// SHA-256 of the DER.
    package let fingerprintSHA256: [UInt8]
    /// As RFC 4514 writes names: "CN=kmip client,O=VMware". Bytes beyond ASCII and control characters are escaped,
    /// so the text is fit for a log line.
    package let subject: String
    package let issuer: String
    /// Big-endian, without sign.
    package let serialNumber: [UInt8]
    /// Seconds since 1970.
    package let notBefore: Int64
    package let notAfter: Int64
    package let publicKey: PublicKey
    package let extensions: [CertificateExtension]
    /// Whether basic constraints say that it may issue certificates.
    package let isCertificateAuthority: Bool
    package let subjectAlternativeNames: [SubjectAlternativeName]
    let handle: X509Handle

    /// "RSA-2048", "P-256".
    package var keyDescription: String { publicKey.algorithm.description }

    /// Reads DER that must be all of the bytes, and encoded as DER has it: the fingerprint of the certificate as it
    /// came and as libssl shows it are then the same.
    package convenience init(der: [UInt8]) throws(CryptographyError) {
        let (pointer, consumed) = der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            let pointer = d2i_X509(nil, &next, buffer.count)
            let consumed = buffer.baseAddress.flatMap { start in next.map { $0 - start } }
            return (pointer, consumed)
        }
        let handle = X509Handle(owning: try check(pointer, .invalidCertificate, "d2i_X509"))
        guard consumed == der.count else { throw CryptographyError(code: .trailingData, operation: "d2i_X509") }
        try self.init(handle)
        guard self.der == der else {
            throw CryptographyError(code: .invalidCertificate, operation: "d2i_X509", cause: "not in DER")
        }
    }

    /// Reads a text with exactly one certificate, as an operator pastes it.
    ///
    /// Each usual mistake has its code: `notPEM`, `privateKeyInsteadOfCertificate` (looked for first),
    /// `moreThanOneCertificate`, `trailingData`, `invalidCertificate`.
    package convenience init(pem: String) throws(CryptographyError) {
        guard !PEMDocument.mentionsPrivateKey(pem) else {
            throw CryptographyError(code: .privateKeyInsteadOfCertificate, operation: "Certificate(pem:)")
        }
        let document = try PEMDocument(parsing: pem)
        let certificates = document.blocks.filter { $0.label == "CERTIFICATE" }
        guard certificates.count <= 1 else {
            throw CryptographyError(code: .moreThanOneCertificate, operation: "Certificate(pem:)")
        }
        guard let certificate = certificates.first else {
            throw CryptographyError(code: .invalidCertificate, operation: "Certificate(pem:)", cause: "another object")
        }
        guard document.blocks.count == 1, !document.hasTrailingText else {
            throw CryptographyError(code: .trailingData, operation: "Certificate(pem:)")
        }
        try self.init(der: certificate.der)
    }

    /// Wraps libssl's X509, with a reference of its own.
    package convenience init(unsafeX509 pointer: OpaquePointer) throws(CryptographyError) {
        try check(X509_up_ref(pointer), .operationFailed, "X509_up_ref")
        try self.init(X509Handle(owning: pointer))
    }

    private init(_ handle: X509Handle) throws(CryptographyError) {
        self.handle = handle
        der = try encodeDER("i2d_X509") { output in handle.withPointer { i2d_X509($0, output) } }
        fingerprintSHA256 = SHA256.hash(der)
        subject = try X509Fields.text(ofName: handle.withPointer { X509_get_subject_name($0) })
        issuer = try X509Fields.text(ofName: handle.withPointer { X509_get_issuer_name($0) })
        serialNumber = handle.withPointer { X509Fields.serialNumber(of: $0) }
        notBefore = try X509Fields.seconds(of: handle.withPointer { X509_get0_notBefore($0) })
        notAfter = try X509Fields.seconds(of: handle.withPointer { X509_get0_notAfter($0) })
        publicKey = try PublicKey(
            EVPKey(owning: try check(handle.withPointer { X509_get_pubkey($0) }, .unsupportedKey, "X509_get_pubkey"))
        )
        extensions = try handle.withPointer { x509 throws(CryptographyError) in try X509Fields.extensions(of: x509) }
        // This also makes libcrypto work out and keep what it knows about the extensions, once and here.
        isCertificateAuthority = handle.withPointer { X509_check_ca($0) } == 1
        subjectAlternativeNames = try SubjectAlternativeName.decode(from: extensions)
        _ = drainErrorQueue()
    }

    package var pem: String { PEMDocument.encode(label: "CERTIFICATE", der: der) }

    /// The fingerprint in lower-case hexadecimal without separators.
    package var fingerprintText: String { Hexadecimal.text(fingerprintSHA256) }

    /// The value of an extension, if there is one of that dotted identifier.
    package func `extension`(oid: String) -> [UInt8]? {
        extensions.first { $0.identifier == oid }?.value
    }

    /// Whether the other certificate's subject, key identifier and key usage fit, and its key made this signature.
    /// It says nothing about dates; see `CertificateAuthorityTrust`.
    package func isIssued(by issuer: Certificate) -> Bool {
        let fits = issuer.handle.withPointer { issuer in
            handle.withPointer { X509_check_issued(issuer, $0) }
        }
        let isSigned = issuer.publicKey.key.withPointer { key in
            handle.withPointer { X509_verify($0, key) }
        }
        _ = drainErrorQueue()
        return fits == X509_V_OK && isSigned == 1
    }

    /// Whether the certificate is for this DNS name or address (RFC 6125; the common name counts only where there is
    /// no alternative name).
    package func matches(host: String) -> Bool {
        let result = handle.withPointer { x509 in
            X509_check_ip_asc(x509, host, 0) == 1 || X509_check_host(x509, host, host.utf8.count, 0, nil) == 1
        }
        _ = drainErrorQueue()
        return result
    }

    /// Lends the X509 for a call into libssl. It must not be modified; take a reference to keep it longer.
    package func withUnsafeX509<R: ~Copyable, E: Error>(
        _ body: (OpaquePointer) throws(E) -> R
    ) throws(E) -> R {
        try handle.withPointer(body)
    }
}

extension Certificate: Equatable {
    package static func == (left: Certificate, right: Certificate) -> Bool {
        left.der == right.der
    }
}
