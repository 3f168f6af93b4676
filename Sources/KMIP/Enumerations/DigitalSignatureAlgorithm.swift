/// Digital Signature Algorithm (KMIP 1.4, section 9.1.3.2.7).
package struct DigitalSignatureAlgorithm: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let md2WithRSAEncryption = Self(rawValue: 0x01)
    package static let md5WithRSAEncryption = Self(rawValue: 0x02)
    package static let sha1WithRSAEncryption = Self(rawValue: 0x03)
    package static let sha224WithRSAEncryption = Self(rawValue: 0x04)
    package static let sha256WithRSAEncryption = Self(rawValue: 0x05)
    package static let sha384WithRSAEncryption = Self(rawValue: 0x06)
    package static let sha512WithRSAEncryption = Self(rawValue: 0x07)
    package static let rsassaPSS = Self(rawValue: 0x08)
    package static let dsaWithSHA1 = Self(rawValue: 0x09)
    package static let dsaWithSHA224 = Self(rawValue: 0x0A)
    package static let dsaWithSHA256 = Self(rawValue: 0x0B)
    package static let ecdsaWithSHA1 = Self(rawValue: 0x0C)
    package static let ecdsaWithSHA224 = Self(rawValue: 0x0D)
    package static let ecdsaWithSHA256 = Self(rawValue: 0x0E)
    package static let ecdsaWithSHA384 = Self(rawValue: 0x0F)
    package static let ecdsaWithSHA512 = Self(rawValue: 0x10)
    package static let sha3256WithRSAEncryption = Self(rawValue: 0x11)
    package static let sha3384WithRSAEncryption = Self(rawValue: 0x12)
    package static let sha3512WithRSAEncryption = Self(rawValue: 0x13)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "MD2 with RSA Encryption (PKCS#1 v1.5)", since: .v11),
        EnumerationValue(0x02, "MD5 with RSA Encryption (PKCS#1 v1.5)", since: .v11),
        EnumerationValue(0x03, "SHA-1 with RSA Encryption (PKCS#1 v1.5)", since: .v11),
        EnumerationValue(0x04, "SHA-224 with RSA Encryption (PKCS#1 v1.5)", since: .v11),
        EnumerationValue(0x05, "SHA-256 with RSA Encryption (PKCS#1 v1.5)", since: .v11),
        EnumerationValue(0x06, "SHA-384 with RSA Encryption (PKCS#1 v1.5)", since: .v11),
        EnumerationValue(0x07, "SHA-512 with RSA Encryption (PKCS#1 v1.5)", since: .v11),
        EnumerationValue(0x08, "RSASSA-PSS (PKCS#1 v2.1)", since: .v11),
        EnumerationValue(0x09, "DSA with SHA-1", since: .v11),
        EnumerationValue(0x0A, "DSA with SHA224", since: .v11),
        EnumerationValue(0x0B, "DSA with SHA256", since: .v11),
        EnumerationValue(0x0C, "ECDSA with SHA-1", since: .v11),
        EnumerationValue(0x0D, "ECDSA with SHA224", since: .v11),
        EnumerationValue(0x0E, "ECDSA with SHA256", since: .v11),
        EnumerationValue(0x0F, "ECDSA with SHA384", since: .v11),
        EnumerationValue(0x10, "ECDSA with SHA512", since: .v11),
        EnumerationValue(0x11, "SHA3-256 with RSA Encryption", since: .v14),
        EnumerationValue(0x12, "SHA3-384 with RSA Encryption", since: .v14),
        EnumerationValue(0x13, "SHA3-512 with RSA Encryption", since: .v14),
    ]
}
