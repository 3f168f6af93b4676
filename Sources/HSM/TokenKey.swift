/// A random CKA_ID of 16 bytes. Keys are found by it, never by label, and the key store records it.
package struct TokenKeyIdentifier: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 16

    package let bytes: [UInt8]

    /// Nil for anything but 16 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Lower-case hexadecimal.
    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// What a key in the token is for. Its attributes follow from this: `KeyTemplates`.
package enum KeyRole: String, Hashable, Sendable, CaseIterable {
    /// One version of a customer root key, AES-256.
    case rootKeyVersion
    /// RSA-3072; fronts encrypt their tickets' keys to it.
    case ticketKey
    /// RSA-3072; owners encrypt a root key of their own to it.
    case rootKeyImportKey
    /// HMAC key from which the key of the store's records is derived.
    case recordMACKey
    /// ECDSA P-256; signs checkpoints and ticket certificates.
    case checkpointKey

    /// In words, for messages.
    package var name: String {
        switch self {
        case .rootKeyVersion: "root key version"
        case .ticketKey: "ticket key"
        case .rootKeyImportKey: "root key import key"
        case .recordMACKey: "record MAC key"
        case .checkpointKey: "checkpoint key"
        }
    }
}

/// A key in the token, by role and identifier: means the same in every process and after every recycling.
package struct TokenKey: Hashable, Sendable, CustomStringConvertible {
    package let role: KeyRole
    package let identifier: TokenKeyIdentifier

    package init(_ role: KeyRole, _ identifier: TokenKeyIdentifier) {
        self.role = role
        self.identifier = identifier
    }

    package var description: String { "\(role.name) \(identifier)" }
}

/// A transport key of a gateway, opened from its ticket. Stays valid when the module is recycled or the session is
/// replaced; ends with `releaseTransportKey` or with the process.
package struct TransportKeyReference: Hashable, Sendable {
    let number: UInt64
}

/// A key that wraps others.
package enum WrappingKey: Hashable, Sendable {
    case rootKeyVersion(TokenKeyIdentifier)
    case transportKey(TransportKeyReference)
}
