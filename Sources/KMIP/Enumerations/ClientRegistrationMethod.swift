/// Client Registration Method (KMIP 1.4, section 9.1.3.2.47).
package struct ClientRegistrationMethod: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let unspecified = Self(rawValue: 0x01)
    package static let serverPreGenerated = Self(rawValue: 0x02)
    package static let serverOnDemand = Self(rawValue: 0x03)
    package static let clientGenerated = Self(rawValue: 0x04)
    package static let clientRegistered = Self(rawValue: 0x05)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Unspecified", since: .v13),
        EnumerationValue(0x02, "Server Pre-Generated", since: .v13),
        EnumerationValue(0x03, "Server On-Demand", since: .v13),
        EnumerationValue(0x04, "Client Generated", since: .v13),
        EnumerationValue(0x05, "Client Registered", since: .v13),
    ]
}
