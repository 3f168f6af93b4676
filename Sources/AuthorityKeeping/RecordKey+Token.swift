package import HSM
package import KeyStorage

extension RecordKey {
    /// The key that authenticates the store's records: derived inside the token, the same in every process.
    ///
    /// - Parameter key: the token's record MAC key.
    /// - Throws: `HSMError` or `StoreError`.
    package static func derived(from key: TokenKeyIdentifier, in hsm: HSMSession) throws -> RecordKey {
        try RecordKey(hsm.deriveRecordKey(key, context: Array("keyferry record key v1".utf8)))
    }
}
