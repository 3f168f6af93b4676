/// Key Format Type (KMIP 1.4, section 9.1.3.2.3).
package struct KeyFormatType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let raw = Self(rawValue: 0x01)
    package static let opaque = Self(rawValue: 0x02)
    package static let pkcs1 = Self(rawValue: 0x03)
    package static let pkcs8 = Self(rawValue: 0x04)
    package static let x509 = Self(rawValue: 0x05)
    package static let ecPrivateKey = Self(rawValue: 0x06)
    package static let transparentSymmetricKey = Self(rawValue: 0x07)
    package static let transparentDSAPrivateKey = Self(rawValue: 0x08)
    package static let transparentDSAPublicKey = Self(rawValue: 0x09)
    package static let transparentRSAPrivateKey = Self(rawValue: 0x0A)
    package static let transparentRSAPublicKey = Self(rawValue: 0x0B)
    package static let transparentDHPrivateKey = Self(rawValue: 0x0C)
    package static let transparentDHPublicKey = Self(rawValue: 0x0D)
    package static let transparentECDSAPrivateKey = Self(rawValue: 0x0E)
    package static let transparentECDSAPublicKey = Self(rawValue: 0x0F)
    package static let transparentECDHPrivateKey = Self(rawValue: 0x10)
    package static let transparentECDHPublicKey = Self(rawValue: 0x11)
    package static let transparentECMQVPrivateKey = Self(rawValue: 0x12)
    package static let transparentECMQVPublicKey = Self(rawValue: 0x13)
    package static let transparentECPrivateKey = Self(rawValue: 0x14)
    package static let transparentECPublicKey = Self(rawValue: 0x15)
    package static let pkcs12 = Self(rawValue: 0x16)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Raw"),
        EnumerationValue(0x02, "Opaque"),
        EnumerationValue(0x03, "PKCS#1"),
        EnumerationValue(0x04, "PKCS#8"),
        EnumerationValue(0x05, "X.509"),
        EnumerationValue(0x06, "ECPrivateKey"),
        EnumerationValue(0x07, "Transparent Symmetric Key"),
        EnumerationValue(0x08, "Transparent DSA Private Key"),
        EnumerationValue(0x09, "Transparent DSA Public Key"),
        EnumerationValue(0x0A, "Transparent RSA Private Key"),
        EnumerationValue(0x0B, "Transparent RSA Public Key"),
        EnumerationValue(0x0C, "Transparent DH Private Key"),
        EnumerationValue(0x0D, "Transparent DH Public Key"),
        EnumerationValue(0x0E, "Transparent ECDSA Private Key"),
        EnumerationValue(0x0F, "Transparent ECDSA Public Key"),
        EnumerationValue(0x10, "Transparent ECDH Private Key"),
        EnumerationValue(0x11, "Transparent ECDH Public Key"),
        EnumerationValue(0x12, "Transparent ECMQV Private Key"),
        EnumerationValue(0x13, "Transparent ECMQV Public Key"),
        EnumerationValue(0x14, "Transparent EC Private Key", since: .v13),
        EnumerationValue(0x15, "Transparent EC Public Key", since: .v13),
        EnumerationValue(0x16, "PKCS#12", since: .v14),
    ]
}
