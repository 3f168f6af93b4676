import CCrypto

/// Public keys from the attributes in which a PKCS #11 token hands them out.
extension PublicKey {
    /// - Parameter modulus: CKA_MODULUS, big-endian. At least 2,048 bits.
    /// - Parameter exponent: CKA_PUBLIC_EXPONENT, big-endian.
    package convenience init(rsaModulus modulus: [UInt8], exponent: [UInt8]) throws(CryptographyError) {
        guard modulus.count <= 2_048, exponent.count <= 2_048 else {
            throw CryptographyError(code: .invalidKey, operation: "PublicKey(rsaModulus:)")
        }
        let builder = try check(OSSL_PARAM_BLD_new(), .operationFailed, "OSSL_PARAM_BLD_new")
        defer { OSSL_PARAM_BLD_free(builder) }
        let n = try check(BN_bin2bn(modulus, Int32(modulus.count), nil), .operationFailed, "BN_bin2bn")
        defer { BN_free(n) }
        let e = try check(BN_bin2bn(exponent, Int32(exponent.count), nil), .operationFailed, "BN_bin2bn")
        defer { BN_free(e) }
        try check(
            OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n),
            .operationFailed,
            "OSSL_PARAM_BLD_push_BN"
        )
        try check(
            OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e),
            .operationFailed,
            "OSSL_PARAM_BLD_push_BN"
        )
        try self.init(try Self.makeKey("RSA", from: builder))
        guard case .rsa(let bits) = algorithm, bits >= 2_048 else {
            throw CryptographyError(code: .unsupportedKey, operation: "PublicKey(rsaModulus:)")
        }
    }

    /// - Parameter point: the uncompressed point 04 ‖ x ‖ y of 65 bytes (SEC 1, section 2.3.3). CKA_EC_POINT holds it
    ///   inside a DER OCTET STRING, which the caller takes off.
    package convenience init(p256Point point: [UInt8]) throws(CryptographyError) {
        guard point.count == 65, point.first == 4 else {
            throw CryptographyError(code: .invalidKey, operation: "PublicKey(p256Point:)")
        }
        let builder = try check(OSSL_PARAM_BLD_new(), .operationFailed, "OSSL_PARAM_BLD_new")
        defer { OSSL_PARAM_BLD_free(builder) }
        try check(
            OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0),
            .operationFailed,
            "OSSL_PARAM_BLD_push_utf8_string"
        )
        // The builder keeps this pointer until the parameters are made, beyond the lifetime of a bridged array.
        let key = try point.withUnsafeBufferPointer { point throws(CryptographyError) in
            try check(
                OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.baseAddress, point.count),
                .operationFailed,
                "OSSL_PARAM_BLD_push_octet_string"
            )
            return try Self.makeKey("EC", from: builder)
        }
        try self.init(key)
    }

    private static func makeKey(_ type: String, from builder: OpaquePointer) throws(CryptographyError) -> EVPKey {
        let parameters = try check(OSSL_PARAM_BLD_to_param(builder), .operationFailed, "OSSL_PARAM_BLD_to_param")
        defer { OSSL_PARAM_free(parameters) }
        let context = try check(
            EVP_PKEY_CTX_new_from_name(nil, type, nil),
            .operationFailed,
            "EVP_PKEY_CTX_new_from_name"
        )
        defer { EVP_PKEY_CTX_free(context) }
        try check(EVP_PKEY_fromdata_init(context), .operationFailed, "EVP_PKEY_fromdata_init")
        var pointer: OpaquePointer?
        try check(
            EVP_PKEY_fromdata(context, &pointer, CCrypto_public_key_selection(), parameters),
            .invalidKey,
            "EVP_PKEY_fromdata"
        )
        let key = EVPKey(owning: try check(pointer, .invalidKey, "EVP_PKEY_fromdata"))
        let checking = try key.makeContext()
        defer { EVP_PKEY_CTX_free(checking) }
        try check(EVP_PKEY_public_check(checking), .invalidKey, "EVP_PKEY_public_check")
        return key
    }
}
