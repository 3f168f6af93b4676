/// Usage Limits Unit (KMIP 1.4, section 9.1.3.2.31).
package struct UsageLimitsUnit: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let byte = Self(rawValue: 0x01)
    package static let object = Self(rawValue: 0x02)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Byte"),
        EnumerationValue(0x02, "Object"),
    ]
}
