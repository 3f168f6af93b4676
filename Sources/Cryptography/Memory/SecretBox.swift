/// A secret behind a reference, for where a copyable value must carry it: between actors, in a message, in a buffer.
/// The bytes are wiped when the last reference goes.
package final class SecretBox: Sendable, CustomStringConvertible, CustomReflectable {
    package let bytes: SecretBytes

    package init(_ bytes: consuming SecretBytes) {
        self.bytes = bytes
    }

    /// Never the bytes.
    package var description: String { "SecretBox(\(bytes.count) bytes)" }

    /// Empty, so that `dump` and debuggers' printing find nothing.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
