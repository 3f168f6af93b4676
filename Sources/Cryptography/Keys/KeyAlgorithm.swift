import CCrypto

/// What kind of key a public key is. Certificates of clients may hold any; our own are of the first two.
package enum KeyAlgorithm: Sendable, Hashable, CustomStringConvertible {
    case rsa(bits: Int)
    case p256
    /// Anything else, by name: "P-384", "ED25519".
    case other(String)

    /// "RSA-2048", "P-256", "ED25519".
    package var description: String {
        switch self {
        case .rsa(let bits): "RSA-\(bits)"
        case .p256: "P-256"
        case .other(let name): name
        }
    }

    init(evpKey key: OpaquePointer) {
        if EVP_PKEY_is_a(key, "RSA") == 1 {
            self = .rsa(bits: Int(EVP_PKEY_get_bits(key)))
            return
        }
        guard EVP_PKEY_is_a(key, "EC") == 1 else {
            self = .other(EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown")
            return
        }
        switch Self.groupName(of: key) {
        case "prime256v1": self = .p256
        case "secp384r1": self = .other("P-384")
        case "secp521r1": self = .other("P-521")
        case let name: self = .other(name ?? "EC")
        }
    }

    private static func groupName(of key: OpaquePointer) -> String? {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1, length < name.count else {
            _ = drainErrorQueue()
            return nil
        }
        return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
