import CCrypto

/// Elliptic curve Diffie-Hellman (SP 800-56A, section 5.7.1.2) on P-256.
extension PrivateKey {
    /// The x coordinate of the shared point, 32 bytes. It is not uniformly random: give it to HKDF first.
    ///
    /// - Throws: `unsupportedKey` where either key is not P-256.
    package func sharedSecret(with peer: PublicKey) throws(CryptographyError) -> SecretBytes {
        guard algorithm == .p256, peer.algorithm == .p256 else {
            throw CryptographyError(code: .unsupportedKey, operation: "PrivateKey.sharedSecret")
        }
        let context = try withUnsafeEVPKey { key throws(CryptographyError) in
            try check(EVP_PKEY_CTX_new_from_pkey(nil, key, nil), .operationFailed, "EVP_PKEY_CTX_new_from_pkey")
        }
        defer { EVP_PKEY_CTX_free(context) }
        try check(EVP_PKEY_derive_init(context), .operationFailed, "EVP_PKEY_derive_init")
        // It also checks that the peer's point is on the curve.
        let set = peer.withUnsafeEVPKey { EVP_PKEY_derive_set_peer(context, $0) }
        try check(set, .invalidKey, "EVP_PKEY_derive_set_peer")
        var secret = try SecretBytes(count: 32)
        var length = secret.count
        let result = secret.withUnsafeMutableBytes { output in
            EVP_PKEY_derive(context, output.assumingMemoryBound(to: UInt8.self).baseAddress, &length)
        }
        try check(result, .operationFailed, "EVP_PKEY_derive")
        try check(length == 32, .operationFailed, "EVP_PKEY_derive")
        return secret
    }
}
