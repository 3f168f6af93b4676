import CCrypto

/// A private key in this process: an identity's, a CA's. RSA from 2,048 bits, or P-256.
///
/// Its numbers live inside libcrypto, which keeps them on the secure heap and wipes them when it frees them.
package final class PrivateKey: Sendable {
    package enum Kind: Sendable, Hashable {
        case rsa2048
        case rsa3072
        case p256
    }

    package let publicKey: PublicKey
    private let key: EVPKey

    /// "RSA-2048", "P-256" and the like.
    package var algorithm: KeyAlgorithm { publicKey.algorithm }

    init(_ key: EVPKey) throws(CryptographyError) {
        let algorithm = key.withPointer { KeyAlgorithm(evpKey: $0) }
        switch algorithm {
        case .rsa(let bits) where bits >= 2_048: break
        case .p256: break
        default: throw CryptographyError(code: .unsupportedKey, operation: "PrivateKey", cause: algorithm.description)
        }
        self.key = key
        // The public half is a key of its own, so that what is handed on as public holds nothing private.
        let information = try encodeDER("i2d_PUBKEY") { output in key.withPointer { i2d_PUBKEY($0, output) } }
        self.publicKey = try PublicKey(der: information)
    }

    package static func generate(_ kind: Kind) throws(CryptographyError) -> PrivateKey {
        SecureHeap.initialize()
        let pointer: OpaquePointer?
        switch kind {
        case .rsa2048: pointer = CCrypto_RSA_generate(2_048)
        case .rsa3072: pointer = CCrypto_RSA_generate(3_072)
        case .p256: pointer = CCrypto_P256_generate()
        }
        return try PrivateKey(EVPKey(owning: try check(pointer, .operationFailed, "EVP_PKEY_Q_keygen")))
    }

    /// Signs the SHA-256 of a message: ECDSA in DER (RFC 3279, section 2.2.3) or RSA PKCS #1 v1.5.
    package func sign(_ message: [UInt8]) throws(CryptographyError) -> [UInt8] {
        let context = try check(EVP_MD_CTX_new(), .operationFailed, "EVP_MD_CTX_new")
        defer { EVP_MD_CTX_free(context) }
        try check(
            key.withPointer { EVP_DigestSignInit(context, nil, EVP_sha256(), nil, $0) },
            .operationFailed,
            "EVP_DigestSignInit"
        )
        var length = 0
        try check(
            EVP_DigestSign(context, nil, &length, message, message.count),
            .operationFailed,
            "EVP_DigestSign"
        )
        var signature = [UInt8](repeating: 0, count: length)
        try check(
            EVP_DigestSign(context, &signature, &length, message, message.count),
            .operationFailed,
            "EVP_DigestSign"
        )
        // The first call tells the longest a signature may be; ECDSA's vary by a few bytes.
        signature.removeLast(signature.count - length)
        return signature
    }

    /// Reverses `PublicKey.encryptOAEPSHA1`.
    package func decryptOAEPSHA1(_ encrypted: [UInt8]) throws(CryptographyError) -> SecretBytes {
        guard case .rsa = algorithm else {
            throw CryptographyError(code: .unsupportedKey, operation: "decryptOAEPSHA1")
        }
        let context = try key.makeContext()
        defer { EVP_PKEY_CTX_free(context) }
        try check(EVP_PKEY_decrypt_init(context), .operationFailed, "EVP_PKEY_decrypt_init")
        try RSAOAEPSHA1.configure(context)
        var length = 0
        try check(
            EVP_PKEY_decrypt(context, nil, &length, encrypted, encrypted.count),
            .operationFailed,
            "EVP_PKEY_decrypt"
        )
        var secret = try SecretBytes(count: length)
        let result = secret.withUnsafeMutableBytes { output in
            let bytes = output.assumingMemoryBound(to: UInt8.self)
            return EVP_PKEY_decrypt(context, bytes.baseAddress, &length, encrypted, encrypted.count)
        }
        try check(result, .authenticationFailed, "EVP_PKEY_decrypt")
        secret.truncate(to: length)
        return secret
    }

    /// Lends the EVP_PKEY for a call into libssl. It must not be modified; take a reference to keep it longer.
    package func withUnsafeEVPKey<R: ~Copyable, E: Error>(
        _ body: (OpaquePointer) throws(E) -> R
    ) throws(E) -> R {
        try key.withPointer(body)
    }
}
