import CCrypto

/// Owns one reference to an EVP_PKEY.
///
/// `@unchecked Sendable`: the pointer never changes and the key behind it is never modified after it was made here;
/// libcrypto permits concurrent use of an unchanging EVP_PKEY (`openssl-threads(7)`) and counts references atomically.
final class EVPKey: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    func withPointer<R: ~Copyable, E: Error>(_ body: (OpaquePointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(pointer)
    }

    /// A context for one operation with this key. The caller frees it.
    func makeContext() throws(CryptographyError) -> OpaquePointer {
        try check(
            withPointer { EVP_PKEY_CTX_new_from_pkey(nil, $0, nil) },
            .operationFailed,
            "EVP_PKEY_CTX_new_from_pkey"
        )
    }
}
