import CCrypto

/// Key material, a PIN or any other secret: on OpenSSL's secure heap, wiped when it goes, and not copied by accident.
///
/// What libcrypto itself needs to work with a key (key schedules, MAC states) it keeps in contexts of its own, which
/// live for one call here and which it wipes when they are freed.
///
/// `@unchecked Sendable`: the value can't be copied, so exactly one owner holds the pointer; it is reached only by
/// borrowing, and Swift's exclusivity rule keeps a mutation from overlapping any other access. The allocator is
/// thread-safe.
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    package private(set) var count: Int
    /// Nil for a secret of no bytes.
    private let pointer: UnsafeMutableRawPointer?
    private let allocatedCount: Int

    /// A secret of zero bytes to be filled in.
    ///
    /// Fails with `secureHeapExhausted` where the arena is full: nothing falls back to the ordinary heap, which is
    /// what `CRYPTO_secure_malloc` does silently as long as there is no arena.
    package init(count: Int) throws(CryptographyError) {
        guard count >= 0 else { throw CryptographyError(code: .invalidLength, operation: "SecretBytes") }
        guard count > 0 else {
            self.pointer = nil
            self.count = 0
            self.allocatedCount = 0
            return
        }
        guard SecureHeap.initialize() != .unavailable else {
            throw CryptographyError(code: .secureHeapUnavailable, operation: "CRYPTO_secure_malloc_init")
        }
        self.pointer = try check(
            CRYPTO_secure_zalloc(count, #fileID, Int32(#line)),
            .secureHeapExhausted,
            "CRYPTO_secure_zalloc"
        )
        self.count = count
        self.allocatedCount = count
    }

    /// A secret with a copy of these bytes. The caller answers for the original.
    package init(copying bytes: UnsafeRawBufferPointer) throws(CryptographyError) {
        try self.init(count: bytes.count)
        if let pointer, let source = bytes.baseAddress {
            pointer.copyMemory(from: source, byteCount: bytes.count)
        }
    }

    deinit {
        CRYPTO_secure_clear_free(pointer, allocatedCount, #fileID, Int32(#line))
    }

    /// Fresh random bytes of libcrypto's generator for private values.
    package static func random(count: Int) throws(CryptographyError) -> SecretBytes {
        let secret = try SecretBytes(count: count)
        if let pointer = secret.pointer {
            let bytes = pointer.assumingMemoryBound(to: UInt8.self)
            try check(RAND_priv_bytes(bytes, Int32(clamping: count)), .randomUnavailable, "RAND_priv_bytes")
        }
        return secret
    }

    /// Lends the bytes for the time of the call. Copying them out is the caller's responsibility.
    package borrowing func withUnsafeBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: pointer, count: count))
    }

    package mutating func withUnsafeMutableBytes<R: ~Copyable, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try body(UnsafeMutableRawBufferPointer(start: pointer, count: count))
    }

    package borrowing func copy() throws(CryptographyError) -> SecretBytes {
        try SecretBytes(copying: UnsafeRawBufferPointer(start: pointer, count: count))
    }

    /// A copy of some of the bytes. The range must lie within the secret.
    package borrowing func copy(_ range: Range<Int>) throws(CryptographyError) -> SecretBytes {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw CryptographyError(code: .invalidLength, operation: "SecretBytes.copy")
        }
        return try SecretBytes(copying: UnsafeRawBufferPointer(start: pointer, count: count)[range].rebased)
    }

    /// Shortens the secret; what is cut off is wiped at once. A length that is not shorter changes nothing.
    package mutating func truncate(to newCount: Int) {
        guard let pointer, newCount >= 0, newCount < count else { return }
        OPENSSL_cleanse(pointer + newCount, count - newCount)
        count = newCount
    }

    /// Compares in a time that depends on the lengths only.
    package borrowing func isEqual(to other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        guard let pointer, let otherPointer = other.pointer else { return true }
        return CRYPTO_memcmp(pointer, otherPointer, count) == 0
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var rebased: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self) }
}
