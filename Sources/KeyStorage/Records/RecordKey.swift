package import Cryptography

/// The key for record MACs: 32 bytes that the HSM derives from its record MAC key, once for each start of a worker.
package struct RecordKey: Sendable {
    let box: SecretBox

    package init(_ key: SecretBox) throws(StoreError) {
        guard key.bytes.count == 32 else { throw StoreError(.cryptographyFailed, cause: "record key length") }
        self.box = key
    }

    package init(_ key: consuming SecretBytes) throws(StoreError) {
        try self.init(SecretBox(key))
    }
}
