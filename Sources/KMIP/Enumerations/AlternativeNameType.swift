/// Alternative Name Type (KMIP 1.4, section 9.1.3.2.34).
package struct AlternativeNameType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let uninterpretedTextString = Self(rawValue: 0x01)
    package static let uri = Self(rawValue: 0x02)
    package static let objectSerialNumber = Self(rawValue: 0x03)
    package static let emailAddress = Self(rawValue: 0x04)
    package static let dnsName = Self(rawValue: 0x05)
    package static let x500DistinguishedName = Self(rawValue: 0x06)
    package static let ipAddress = Self(rawValue: 0x07)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Uninterpreted Text String", since: .v12),
        EnumerationValue(0x02, "URI", since: .v12),
        EnumerationValue(0x03, "Object Serial Number", since: .v12),
        EnumerationValue(0x04, "Email Address", since: .v12),
        EnumerationValue(0x05, "DNS Name", since: .v12),
        EnumerationValue(0x06, "X.500 Distinguished Name", since: .v12),
        EnumerationValue(0x07, "IP Address", since: .v12),
    ]
}
