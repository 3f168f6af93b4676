/// Key material at rest: wrapped in the HSM under a version of a root key. It is ciphertext, and only the HSM opens it.
package struct WrappedKeyMaterial: Hashable, Sendable {
    /// The output of the HSM's key wrap.
    package let blob: [UInt8]
    /// How many bytes of what comes out of the unwrap are the material. Some tokens pad with zeros before they wrap.
    package let trueLength: Int
    package let rootKey: RootKeyIdentifier
    package let rootKeyVersion: Int

    package init(blob: [UInt8], trueLength: Int, rootKey: RootKeyIdentifier, rootKeyVersion: Int) {
        self.blob = blob
        self.trueLength = trueLength
        self.rootKey = rootKey
        self.rootKeyVersion = rootKeyVersion
    }
}

/// Key material on its way between gateway and worker: wrapped under the gateway's transport key. It is ciphertext, and
/// it says nothing to whoever holds neither that key nor the HSM.
package struct TransportedKeyMaterial: Hashable, Sendable {
    /// The output of AES key wrap with padding (RFC 5649) under the transport key.
    package let blob: [UInt8]
    /// How many bytes of the unwrapped material count; what follows them must be zeros.
    package let trueLength: Int

    package init(blob: [UInt8], trueLength: Int) {
        self.blob = blob
        self.trueLength = trueLength
    }
}
