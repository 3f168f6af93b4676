/// What a secret really takes: the arena for key material hands out whole blocks, powers of two
/// (OpenSSL, `CRYPTO_secure_malloc_init(3)`; the smallest is that of `SecureHeap`).
package enum SecureBlock {
    private static let smallest = 32

    /// - Parameter count: of the secret's bytes.
    package static func byteCount(holding count: Int) -> Int {
        guard count > 0 else { return 0 }
        guard count > smallest else { return smallest }
        return 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    }
}
