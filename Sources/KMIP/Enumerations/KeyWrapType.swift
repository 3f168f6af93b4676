/// Key Wrap Type (KMIP 1.4, section 9.1.3.2.48).
package struct KeyWrapType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let notWrapped = Self(rawValue: 0x01)
    package static let asRegistered = Self(rawValue: 0x02)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Not Wrapped", since: .v14),
        EnumerationValue(0x02, "As Registered", since: .v14),
    ]
}
