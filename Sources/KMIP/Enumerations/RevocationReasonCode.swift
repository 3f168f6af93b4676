/// Revocation Reason Code (KMIP 1.4, section 9.1.3.2.19).
package struct RevocationReasonCode: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let unspecified = Self(rawValue: 0x01)
    package static let keyCompromise = Self(rawValue: 0x02)
    package static let caCompromise = Self(rawValue: 0x03)
    package static let affiliationChanged = Self(rawValue: 0x04)
    package static let superseded = Self(rawValue: 0x05)
    package static let cessationOfOperation = Self(rawValue: 0x06)
    package static let privilegeWithdrawn = Self(rawValue: 0x07)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Unspecified"),
        EnumerationValue(0x02, "Key Compromise"),
        EnumerationValue(0x03, "CA Compromise"),
        EnumerationValue(0x04, "Affiliation Changed"),
        EnumerationValue(0x05, "Superseded"),
        EnumerationValue(0x06, "Cessation of Operation"),
        EnumerationValue(0x07, "Privilege Withdrawn"),
    ]
}
