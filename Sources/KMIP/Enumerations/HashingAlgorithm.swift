/// Hashing Algorithm (KMIP 1.4, section 9.1.3.2.16).
package struct HashingAlgorithm: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let md2 = Self(rawValue: 0x01)
    package static let md4 = Self(rawValue: 0x02)
    package static let md5 = Self(rawValue: 0x03)
    package static let sha1 = Self(rawValue: 0x04)
    package static let sha224 = Self(rawValue: 0x05)
    package static let sha256 = Self(rawValue: 0x06)
    package static let sha384 = Self(rawValue: 0x07)
    package static let sha512 = Self(rawValue: 0x08)
    package static let ripemd160 = Self(rawValue: 0x09)
    package static let tiger = Self(rawValue: 0x0A)
    package static let whirlpool = Self(rawValue: 0x0B)
    package static let sha512224 = Self(rawValue: 0x0C)
    package static let sha512256 = Self(rawValue: 0x0D)
    package static let sha3224 = Self(rawValue: 0x0E)
    package static let sha3256 = Self(rawValue: 0x0F)
    package static let sha3384 = Self(rawValue: 0x10)
    package static let sha3512 = Self(rawValue: 0x11)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "MD2"),
        EnumerationValue(0x02, "MD4"),
        EnumerationValue(0x03, "MD5"),
        EnumerationValue(0x04, "SHA-1"),
        EnumerationValue(0x05, "SHA-224"),
        EnumerationValue(0x06, "SHA-256"),
        EnumerationValue(0x07, "SHA-384"),
        EnumerationValue(0x08, "SHA-512"),
        EnumerationValue(0x09, "RIPEMD-160"),
        EnumerationValue(0x0A, "Tiger"),
        EnumerationValue(0x0B, "Whirlpool"),
        EnumerationValue(0x0C, "SHA-512/224", since: .v12),
        EnumerationValue(0x0D, "SHA-512/256", since: .v12),
        EnumerationValue(0x0E, "SHA-3-224", since: .v14),
        EnumerationValue(0x0F, "SHA-3-256", since: .v14),
        EnumerationValue(0x10, "SHA-3-384", since: .v14),
        EnumerationValue(0x11, "SHA-3-512", since: .v14),
    ]
}
