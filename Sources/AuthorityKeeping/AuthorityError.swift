/// Why there is no authority to decide by.
package enum AuthorityError: Error, Equatable, Sendable {
    /// The key store is at an older generation than the token says: an old database was put back.
    case olderThanAnchor(store: UInt64, token: UInt64)
    /// A key of the token is recorded without an identifier of 16 bytes.
    case keyIdentifierDamaged
}
