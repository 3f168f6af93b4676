internal import PKCS11

/// What passes through the token wrapped. The token must be told, for an unwrapped key is an object with a type.
package enum MaterialKind: Hashable, Sendable {
    /// 16, 24 or 32 bytes.
    case aes(byteCount: Int)
    /// 24 bytes.
    case des3
    /// 1 to 512 bytes of anything. A token may pad to 8 bytes before it wraps (SoftHSM does): the true length is
    /// the caller's to keep.
    case secret(byteCount: Int)

    package static let maximumSecretByteCount = 512

    package var byteCount: Int {
        switch self {
        case .aes(let count), .secret(let count): count
        case .des3: 24
        }
    }

    var isSupported: Bool {
        switch self {
        case .aes(let count): count == 16 || count == 24 || count == 32
        case .des3: true
        case .secret(let count): (1...Self.maximumSecretByteCount).contains(count)
        }
    }

    var keyType: KeyType {
        switch self {
        case .aes: .aes
        case .des3: .des3
        case .secret: .genericSecret
        }
    }

    /// The length of its wrapped form: one block of 8 bytes more than the padded material
    /// (RFC 3394 section 2.2.1, RFC 5649 section 3).
    package var wrappedByteCount: Int { (byteCount + 7) / 8 * 8 + 8 }
}

/// A key that the token made, as it leaves: wrapped. The digest is of the key itself, for KMIP's Digest.
package struct GeneratedKey: Hashable, Sendable {
    package let digestSHA256: [UInt8]
    package let wrapped: [UInt8]
}

/// A root key version that was made and has been tried.
package struct CreatedRootKeyVersion: Hashable, Sendable {
    package let identifier: TokenKeyIdentifier
    /// A wrapped key with no other use: unwrapping it proves that the version can be used.
    package let canary: [UInt8]
}

/// The key wrap in use: with padding where the token has it, else without.
package enum KeyWrap: String, Hashable, Sendable {
    /// RFC 5649.
    case padded
    /// RFC 3394; for material of a multiple of 8 bytes, at least 16.
    case plain

    var mechanism: MechanismType {
        switch self {
        case .padded: .aesKeyWrapPad
        case .plain: .aesKeyWrap
        }
    }
}
