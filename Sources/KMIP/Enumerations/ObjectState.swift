/// State (KMIP 1.4, section 9.1.3.2.18).
package struct ObjectState: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let preActive = Self(rawValue: 0x01)
    package static let active = Self(rawValue: 0x02)
    package static let deactivated = Self(rawValue: 0x03)
    package static let compromised = Self(rawValue: 0x04)
    package static let destroyed = Self(rawValue: 0x05)
    package static let destroyedCompromised = Self(rawValue: 0x06)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Pre-Active"),
        EnumerationValue(0x02, "Active"),
        EnumerationValue(0x03, "Deactivated"),
        EnumerationValue(0x04, "Compromised"),
        EnumerationValue(0x05, "Destroyed"),
        EnumerationValue(0x06, "Destroyed Compromised"),
    ]
}
