/// Wrapping Method (KMIP 1.4, section 9.1.3.2.4).
package struct WrappingMethod: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let encrypt = Self(rawValue: 0x01)
    package static let macSign = Self(rawValue: 0x02)
    package static let encryptThenMACSign = Self(rawValue: 0x03)
    package static let macSignThenEncrypt = Self(rawValue: 0x04)
    package static let tr31 = Self(rawValue: 0x05)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Encrypt"),
        EnumerationValue(0x02, "MAC/sign"),
        EnumerationValue(0x03, "Encrypt then MAC/sign"),
        EnumerationValue(0x04, "MAC/sign then encrypt"),
        EnumerationValue(0x05, "TR-31"),
    ]
}
