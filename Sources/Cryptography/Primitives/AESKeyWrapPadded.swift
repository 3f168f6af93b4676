import CCrypto

/// AES key wrap with padding (RFC 5649; NIST SP 800-38F, KWP; CKM_AES_KEY_WRAP_PAD of PKCS #11).
///
/// The wrapping key is 16, 24 or 32 bytes long. Wrapping is deterministic and binds a key to nothing else.
package enum AESKeyWrapPadded {
    /// Far beyond any key, and short of what RFC 5649 allows.
    package static let maximumByteCount = 1 << 20

    /// Wraps 1 byte up to 1 MiB. The result is the length rounded up to 8, and 8 more.
    package static func wrap(
        _ key: borrowing SecretBytes,
        under wrappingKey: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        guard (1...maximumByteCount).contains(key.count) else {
            throw CryptographyError(code: .invalidLength, operation: "AESKeyWrapPadded.wrap")
        }
        let context = try makeContext(key: wrappingKey, wrapping: true)
        defer { EVP_CIPHER_CTX_free(context) }
        var blob = [UInt8](repeating: 0, count: (key.count + 7) / 8 * 8 + 8)
        var length: Int32 = 0
        let result = key.withUnsafeBytes { key in
            let bytes = key.assumingMemoryBound(to: UInt8.self)
            return EVP_CipherUpdate(context, &blob, &length, bytes.baseAddress, Int32(clamping: bytes.count))
        }
        try check(result, .operationFailed, "EVP_CipherUpdate(wrap)")
        try check(Int(length) == blob.count, .operationFailed, "EVP_CipherUpdate(wrap)")
        return blob
    }

    /// Fails with `authenticationFailed` where the blob was altered or wrapped under another key.
    package static func unwrap(
        _ blob: [UInt8],
        under wrappingKey: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        guard blob.count >= 16, blob.count % 8 == 0, blob.count <= maximumByteCount + 8 else {
            throw CryptographyError(code: .invalidLength, operation: "AESKeyWrapPadded.unwrap")
        }
        let context = try makeContext(key: wrappingKey, wrapping: false)
        defer { EVP_CIPHER_CTX_free(context) }
        var key = try SecretBytes(count: blob.count)
        var length: Int32 = 0
        let result = key.withUnsafeMutableBytes { output in
            let bytes = output.assumingMemoryBound(to: UInt8.self)
            return EVP_CipherUpdate(context, bytes.baseAddress, &length, blob, Int32(clamping: blob.count))
        }
        try check(result, .authenticationFailed, "EVP_CipherUpdate(unwrap)")
        try check(length, .authenticationFailed, "EVP_CipherUpdate(unwrap)")
        key.truncate(to: Int(length))
        return key
    }

    private static func makeContext(
        key: borrowing SecretBytes,
        wrapping: Bool
    ) throws(CryptographyError) -> OpaquePointer {
        let cipher: OpaquePointer?
        switch key.count {
        case 16: cipher = EVP_aes_128_wrap_pad()
        case 24: cipher = EVP_aes_192_wrap_pad()
        case 32: cipher = EVP_aes_256_wrap_pad()
        default: throw CryptographyError(code: .invalidLength, operation: "AESKeyWrapPadded.wrappingKey")
        }
        let context = try check(EVP_CIPHER_CTX_new(), .operationFailed, "EVP_CIPHER_CTX_new")
        // Without this flag the wrap modes are refused, for they don't work like other ciphers.
        EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW)
        let result = key.withUnsafeBytes { key in
            let bytes = key.assumingMemoryBound(to: UInt8.self).baseAddress
            return EVP_CipherInit_ex(context, cipher, nil, bytes, nil, wrapping ? 1 : 0)
        }
        guard result == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw CryptographyError(
                code: .operationFailed,
                operation: "EVP_CipherInit_ex(wrap)",
                cause: drainErrorQueue()
            )
        }
        return context
    }
}
