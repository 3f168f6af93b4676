/// Cryptographic Algorithm (KMIP 1.4, section 9.1.3.2.13).
package struct CryptographicAlgorithm: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let des = Self(rawValue: 0x01)
    package static let tripleDES = Self(rawValue: 0x02)
    package static let aes = Self(rawValue: 0x03)
    package static let rsa = Self(rawValue: 0x04)
    package static let dsa = Self(rawValue: 0x05)
    package static let ecdsa = Self(rawValue: 0x06)
    package static let hmacSHA1 = Self(rawValue: 0x07)
    package static let hmacSHA224 = Self(rawValue: 0x08)
    package static let hmacSHA256 = Self(rawValue: 0x09)
    package static let hmacSHA384 = Self(rawValue: 0x0A)
    package static let hmacSHA512 = Self(rawValue: 0x0B)
    package static let hmacMD5 = Self(rawValue: 0x0C)
    package static let dh = Self(rawValue: 0x0D)
    package static let ecdh = Self(rawValue: 0x0E)
    package static let ecmqv = Self(rawValue: 0x0F)
    package static let blowfish = Self(rawValue: 0x10)
    package static let camellia = Self(rawValue: 0x11)
    package static let cast5 = Self(rawValue: 0x12)
    package static let idea = Self(rawValue: 0x13)
    package static let mars = Self(rawValue: 0x14)
    package static let rc2 = Self(rawValue: 0x15)
    package static let rc4 = Self(rawValue: 0x16)
    package static let rc5 = Self(rawValue: 0x17)
    package static let skipjack = Self(rawValue: 0x18)
    package static let twofish = Self(rawValue: 0x19)
    package static let ec = Self(rawValue: 0x1A)
    package static let oneTimePad = Self(rawValue: 0x1B)
    package static let chaCha20 = Self(rawValue: 0x1C)
    package static let poly1305 = Self(rawValue: 0x1D)
    package static let chaCha20Poly1305 = Self(rawValue: 0x1E)
    package static let sha3224 = Self(rawValue: 0x1F)
    package static let sha3256 = Self(rawValue: 0x20)
    package static let sha3384 = Self(rawValue: 0x21)
    package static let sha3512 = Self(rawValue: 0x22)
    package static let hmacSHA3224 = Self(rawValue: 0x23)
    package static let hmacSHA3256 = Self(rawValue: 0x24)
    package static let hmacSHA3384 = Self(rawValue: 0x25)
    package static let hmacSHA3512 = Self(rawValue: 0x26)
    package static let shake128 = Self(rawValue: 0x27)
    package static let shake256 = Self(rawValue: 0x28)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "DES"),
        EnumerationValue(0x02, "3DES"),
        EnumerationValue(0x03, "AES"),
        EnumerationValue(0x04, "RSA"),
        EnumerationValue(0x05, "DSA"),
        EnumerationValue(0x06, "ECDSA"),
        EnumerationValue(0x07, "HMAC-SHA1"),
        EnumerationValue(0x08, "HMAC-SHA224"),
        EnumerationValue(0x09, "HMAC-SHA256"),
        EnumerationValue(0x0A, "HMAC-SHA384"),
        EnumerationValue(0x0B, "HMAC-SHA512"),
        EnumerationValue(0x0C, "HMAC-MD5"),
        EnumerationValue(0x0D, "DH"),
        EnumerationValue(0x0E, "ECDH"),
        EnumerationValue(0x0F, "ECMQV"),
        EnumerationValue(0x10, "Blowfish"),
        EnumerationValue(0x11, "Camellia"),
        EnumerationValue(0x12, "CAST5"),
        EnumerationValue(0x13, "IDEA"),
        EnumerationValue(0x14, "MARS"),
        EnumerationValue(0x15, "RC2"),
        EnumerationValue(0x16, "RC4"),
        EnumerationValue(0x17, "RC5"),
        EnumerationValue(0x18, "SKIPJACK"),
        EnumerationValue(0x19, "Twofish"),
        EnumerationValue(0x1A, "EC", since: .v12),
        EnumerationValue(0x1B, "One Time Pad", since: .v13),
        EnumerationValue(0x1C, "ChaCha20", since: .v14),
        EnumerationValue(0x1D, "Poly1305", since: .v14),
        EnumerationValue(0x1E, "ChaCha20Poly1305", since: .v14),
        EnumerationValue(0x1F, "SHA3-224", since: .v14),
        EnumerationValue(0x20, "SHA3-256", since: .v14),
        EnumerationValue(0x21, "SHA3-384", since: .v14),
        EnumerationValue(0x22, "SHA3-512", since: .v14),
        EnumerationValue(0x23, "HMAC-SHA3-224", since: .v14),
        EnumerationValue(0x24, "HMAC-SHA3-256", since: .v14),
        EnumerationValue(0x25, "HMAC-SHA3-384", since: .v14),
        EnumerationValue(0x26, "HMAC-SHA3-512", since: .v14),
        EnumerationValue(0x27, "SHAKE-128", since: .v14),
        EnumerationValue(0x28, "SHAKE-256", since: .v14),
    ]
}
