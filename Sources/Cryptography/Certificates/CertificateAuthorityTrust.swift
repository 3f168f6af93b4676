import CCrypto

/// Trust in one CA: whether a leaf certificate was issued by it and is valid at a time.
package struct CertificateAuthorityTrust: Sendable {
    package let authority: Certificate
    private let understood: Set<String>

    /// - Parameter understood: identifiers of critical extensions that the caller acts upon, besides basic
    ///   constraints, key usage, extended key usage and alternative names.
    package init(
        authority: Certificate,
        understanding understood: [String] = []
    ) throws(CryptographyError) {
        guard authority.isCertificateAuthority else {
            throw CryptographyError(code: .issuerNotAuthority, operation: "CertificateAuthorityTrust")
        }
        self.authority = authority
        let standard = [
            StandardExtension.basicConstraints, StandardExtension.keyUsage,
            StandardExtension.extendedKeyUsage, StandardExtension.subjectAlternativeName,
        ]
        self.understood = Set(standard.map(\.description) + understood)
    }

    /// Checks dates of both certificates, issuer, signature, basic constraints, key usage of the CA, strength of keys
    /// and digests (112 bits, OpenSSL's level 2), and that every critical extension is understood.
    ///
    /// - Parameter time: seconds since 1970.
    package func verify(_ leaf: Certificate, at time: Int64) throws(CryptographyError) {
        guard !leaf.isCertificateAuthority else {
            throw CryptographyError(code: .authorityInsteadOfLeaf, operation: "CertificateAuthorityTrust")
        }
        for item in leaf.extensions + authority.extensions where item.isCritical {
            guard understood.contains(item.identifier) else {
                throw CryptographyError(code: .unknownCriticalExtension, operation: "CertificateAuthorityTrust")
            }
        }
        let store = try makeStore()
        defer { X509_STORE_free(store) }
        let context = try check(X509_STORE_CTX_new(), .operationFailed, "X509_STORE_CTX_new")
        defer { X509_STORE_CTX_free(context) }
        let result = try leaf.handle.withPointer { leaf throws(CryptographyError) in
            try check(X509_STORE_CTX_init(context, store, leaf, nil), .operationFailed, "X509_STORE_CTX_init")
            let parameters = X509_STORE_CTX_get0_param(context)
            X509_VERIFY_PARAM_set_time(parameters, time_t(time))
            X509_VERIFY_PARAM_set_auth_level(parameters, 2)
            // Critical extensions were looked at above: libcrypto can't know ours.
            try check(
                X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_IGNORE_CRITICAL)),
                .operationFailed,
                "X509_VERIFY_PARAM_set_flags"
            )
            return X509_verify_cert(context)
        }
        guard result == 1 else { throw Self.error(for: X509_STORE_CTX_get_error(context)) }
    }

    private func makeStore() throws(CryptographyError) -> OpaquePointer {
        let store = try check(X509_STORE_new(), .operationFailed, "X509_STORE_new")
        let result = authority.handle.withPointer { X509_STORE_add_cert(store, $0) }
        guard result == 1 else {
            X509_STORE_free(store)
            throw CryptographyError(code: .operationFailed, operation: "X509_STORE_add_cert", cause: drainErrorQueue())
        }
        return store
    }

    private static func error(for verifyResult: Int32) -> CryptographyError {
        _ = drainErrorQueue()
        let code: CryptographyError.Code =
            switch verifyResult {
            case X509_V_ERR_CERT_HAS_EXPIRED: .certificateExpired
            case X509_V_ERR_CERT_NOT_YET_VALID: .certificateNotYetValid
            case X509_V_ERR_CERT_SIGNATURE_FAILURE: .invalidSignature
            case X509_V_ERR_INVALID_CA, X509_V_ERR_PATH_LENGTH_EXCEEDED, X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
                .issuerNotAuthority
            case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL, X509_V_ERR_CA_MD_TOO_WEAK:
                .weakCertificate
            default: .untrustedIssuer
            }
        let cause = String(cString: X509_verify_cert_error_string(Int(verifyResult)))
        return CryptographyError(code: code, operation: "X509_verify_cert", cause: cause)
    }
}
