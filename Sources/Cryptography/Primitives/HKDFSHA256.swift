import CCrypto

/// The second half of HKDF with SHA-256 (RFC 5869, section 2.3), for keys that are uniformly random already.
package enum HKDFSHA256 {
    /// The longest output, 255 blocks (RFC 5869, section 2.3).
    package static let maximumByteCount = 255 * 32

    /// - Parameter key: the pseudorandom key, at least 32 bytes.
    /// - Parameter info: at most 1,024 bytes, which is a limit of libcrypto's.
    package static func expand(
        key: borrowing SecretBytes,
        info: [UInt8],
        count: Int
    ) throws(CryptographyError) -> SecretBytes {
        guard key.count >= SHA256.byteCount, info.count <= 1_024, (1...maximumByteCount).contains(count) else {
            throw CryptographyError(code: .invalidLength, operation: "HKDFSHA256.expand")
        }
        let context = try check(
            EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nil),
            .operationFailed,
            "EVP_PKEY_CTX_new_id(HKDF)"
        )
        defer { EVP_PKEY_CTX_free(context) }
        try check(EVP_PKEY_derive_init(context), .operationFailed, "EVP_PKEY_derive_init")
        try check(
            EVP_PKEY_CTX_set_hkdf_mode(context, Int32(EVP_PKEY_HKDEF_MODE_EXPAND_ONLY)),
            .operationFailed,
            "EVP_PKEY_CTX_set_hkdf_mode"
        )
        try check(EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()), .operationFailed, "EVP_PKEY_CTX_set_hkdf_md")
        let keyResult = key.withUnsafeBytes { key in
            let bytes = key.assumingMemoryBound(to: UInt8.self)
            return EVP_PKEY_CTX_set1_hkdf_key(context, bytes.baseAddress, Int32(clamping: bytes.count))
        }
        try check(keyResult, .operationFailed, "EVP_PKEY_CTX_set1_hkdf_key")
        if !info.isEmpty {
            let result = EVP_PKEY_CTX_add1_hkdf_info(context, info, Int32(clamping: info.count))
            try check(result, .operationFailed, "EVP_PKEY_CTX_add1_hkdf_info")
        }
        var derived = try SecretBytes(count: count)
        let result = derived.withUnsafeMutableBytes { output in
            var length = output.count
            return EVP_PKEY_derive(context, output.assumingMemoryBound(to: UInt8.self).baseAddress, &length)
        }
        try check(result, .operationFailed, "EVP_PKEY_derive")
        return derived
    }
}
