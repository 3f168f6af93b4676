import CCrypto

/// A public key of any kind libcrypto reads. Signatures are over SHA-256: ECDSA in DER, or RSA PKCS #1 v1.5.
package final class PublicKey: Sendable {
    package let algorithm: KeyAlgorithm
    /// SubjectPublicKeyInfo in DER (RFC 5280, section 4.1.2.7).
    package let subjectPublicKeyInfo: [UInt8]
    let key: EVPKey

    init(_ key: EVPKey) throws(CryptographyError) {
        self.key = key
        self.algorithm = key.withPointer { KeyAlgorithm(evpKey: $0) }
        self.subjectPublicKeyInfo = try encodeDER("i2d_PUBKEY") { output in
            key.withPointer { i2d_PUBKEY($0, output) }
        }
    }

    /// Reads a SubjectPublicKeyInfo that must be all of the bytes.
    package convenience init(der: [UInt8]) throws(CryptographyError) {
        let (pointer, consumed) = der.withUnsafeBufferPointer { buffer in
            var next = buffer.baseAddress
            let pointer = d2i_PUBKEY(nil, &next, buffer.count)
            let consumed = buffer.baseAddress.flatMap { start in next.map { $0 - start } }
            return (pointer, consumed)
        }
        let key = EVPKey(owning: try check(pointer, .invalidKey, "d2i_PUBKEY"))
        guard consumed == der.count else { throw CryptographyError(code: .trailingData, operation: "d2i_PUBKEY") }
        try self.init(key)
    }

    /// Whether a signature over the SHA-256 of a message is this key's. A malformed signature is simply not valid.
    package func verify(signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        let isValid = key.withPointer { key in
            EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
                && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        }
        if !isValid { _ = drainErrorQueue() }
        return isValid
    }

    /// Encrypts a short secret by RSA-OAEP with SHA-1 and MGF1-SHA-1 (RFC 8017, section 7.1).
    ///
    /// SHA-1 because SoftHSM knows nothing else for OAEP; the scheme's security does not rest on collision resistance.
    package func encryptOAEPSHA1(_ secret: borrowing SecretBytes) throws(CryptographyError) -> [UInt8] {
        guard case .rsa = algorithm else {
            throw CryptographyError(code: .unsupportedKey, operation: "encryptOAEPSHA1")
        }
        let context = try key.makeContext()
        defer { EVP_PKEY_CTX_free(context) }
        try check(EVP_PKEY_encrypt_init(context), .operationFailed, "EVP_PKEY_encrypt_init")
        try RSAOAEPSHA1.configure(context)
        var length = 0
        let sizing = secret.withUnsafeBytes { secret in
            let bytes = secret.assumingMemoryBound(to: UInt8.self)
            return EVP_PKEY_encrypt(context, nil, &length, bytes.baseAddress, bytes.count)
        }
        try check(sizing, .operationFailed, "EVP_PKEY_encrypt")
        var encrypted = [UInt8](repeating: 0, count: length)
        let result = secret.withUnsafeBytes { secret in
            let bytes = secret.assumingMemoryBound(to: UInt8.self)
            return EVP_PKEY_encrypt(context, &encrypted, &length, bytes.baseAddress, bytes.count)
        }
        try check(result, .invalidLength, "EVP_PKEY_encrypt")
        encrypted.removeLast(encrypted.count - length)
        return encrypted
    }

    /// Lends the EVP_PKEY for a call into libssl. It must not be modified; take a reference to keep it longer.
    package func withUnsafeEVPKey<R: ~Copyable, E: Error>(
        _ body: (OpaquePointer) throws(E) -> R
    ) throws(E) -> R {
        try key.withPointer(body)
    }
}

extension PublicKey: Equatable {
    package static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.subjectPublicKeyInfo == right.subjectPublicKeyInfo
    }
}
