import CCrypto

extension HMACSHA256 {
    /// The 32-byte code of a message where the code is itself a key. The key must not be empty.
    package static func secretAuthenticationCode(
        for message: [UInt8],
        key: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        guard key.count > 0, let keyLength = Int32(exactly: key.count) else {
            throw CryptographyError(code: .invalidLength, operation: "HMACSHA256.key")
        }
        var code = try SecretBytes(count: byteCount)
        let result = key.withUnsafeBytes { key in
            code.withUnsafeMutableBytes { output in
                let bytes = output.assumingMemoryBound(to: UInt8.self).baseAddress
                return HMAC(EVP_sha256(), key.baseAddress, keyLength, message, message.count, bytes, nil)
            }
        }
        _ = try check(result, .operationFailed, "HMAC")
        return code
    }

    /// The 32-byte code of a secret message, where the code is itself a key. The key is not secret, and not empty.
    package static func secretAuthenticationCode(
        for message: borrowing SecretBytes,
        key: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        guard !key.isEmpty, let keyLength = Int32(exactly: key.count) else {
            throw CryptographyError(code: .invalidLength, operation: "HMACSHA256.key")
        }
        var code = try SecretBytes(count: byteCount)
        let result = message.withUnsafeBytes { message in
            let input = message.assumingMemoryBound(to: UInt8.self).baseAddress
            return code.withUnsafeMutableBytes { output in
                let bytes = output.assumingMemoryBound(to: UInt8.self).baseAddress
                return HMAC(EVP_sha256(), key, keyLength, input, message.count, bytes, nil)
            }
        }
        _ = try check(result, .operationFailed, "HMAC")
        return code
    }
}
