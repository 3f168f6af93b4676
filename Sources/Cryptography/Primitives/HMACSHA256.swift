import CCrypto

/// HMAC with SHA-256 (RFC 2104, FIPS 198-1).
package enum HMACSHA256 {
    package static let byteCount = 32

    /// The 32-byte code of a message. The key must not be empty.
    package static func authenticationCode(
        for message: [UInt8],
        key: borrowing SecretBytes
    ) throws(CryptographyError) -> [UInt8] {
        guard key.count > 0, let keyLength = Int32(exactly: key.count) else {
            throw CryptographyError(code: .invalidLength, operation: "HMACSHA256.key")
        }
        var code = [UInt8](repeating: 0, count: byteCount)
        let result = key.withUnsafeBytes { key in
            HMAC(EVP_sha256(), key.baseAddress, keyLength, message, message.count, &code, nil)
        }
        _ = try check(result, .operationFailed, "HMAC")
        return code
    }

    /// Whether a code belongs to a message, compared in constant time.
    package static func verify(
        _ code: [UInt8],
        for message: [UInt8],
        key: borrowing SecretBytes
    ) throws(CryptographyError) -> Bool {
        ConstantTime.isEqual(code, try authenticationCode(for: message, key: key))
    }
}
