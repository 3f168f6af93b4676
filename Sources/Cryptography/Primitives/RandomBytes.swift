import CCrypto

package enum RandomBytes {
    /// Random bytes that may become public: nonces, identifiers, serial numbers. Secrets come from
    /// `SecretBytes.random(count:)`.
    package static func generate(count: Int) throws(CryptographyError) -> [UInt8] {
        guard count >= 0, let length = Int32(exactly: count) else {
            throw CryptographyError(code: .invalidLength, operation: "RandomBytes.generate")
        }
        var bytes = [UInt8](repeating: 0, count: count)
        try check(RAND_bytes(&bytes, length), .randomUnavailable, "RAND_bytes")
        return bytes
    }
}
