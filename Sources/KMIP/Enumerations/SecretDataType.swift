/// Secret Data Type (KMIP 1.4, section 9.1.3.2.9).
package struct SecretDataType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let password = Self(rawValue: 0x01)
    package static let seed = Self(rawValue: 0x02)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Password"),
        EnumerationValue(0x02, "Seed"),
    ]
}
