/// Key Compression Type (KMIP 1.4, section 9.1.3.2.2).
package struct KeyCompressionType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let ecPublicKeyTypeUncompressed = Self(rawValue: 0x01)
    package static let ecPublicKeyTypeX962CompressedPrime = Self(rawValue: 0x02)
    package static let ecPublicKeyTypeX962CompressedChar2 = Self(rawValue: 0x03)
    package static let ecPublicKeyTypeX962Hybrid = Self(rawValue: 0x04)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "EC Public Key Type Uncompressed"),
        EnumerationValue(0x02, "EC Public Key Type X9.62 Compressed Prime"),
        EnumerationValue(0x03, "EC Public Key Type X9.62 Compressed Char2"),
        EnumerationValue(0x04, "EC Public Key Type X9.62 Hybrid"),
    ]
}
