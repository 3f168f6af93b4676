import CCrypto

/// Owns one reference to an X509.
///
/// `@unchecked Sendable`: the pointer never changes and the certificate behind it is never modified; what libcrypto
/// caches inside it (extension flags, the decoded key) it guards with locks of its own, and references are counted
/// atomically (`openssl-threads(7)`).
final class X509Handle: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        X509_free(pointer)
    }

    func withPointer<R: ~Copyable, E: Error>(_ body: (OpaquePointer) throws(E) -> R) throws(E) -> R {
        defer { withExtendedLifetime(self) {} }
        return try body(pointer)
    }
}
