/// Query Function (KMIP 1.4, section 9.1.3.2.24).
package struct QueryFunction: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let queryOperations = Self(rawValue: 0x01)
    package static let queryObjects = Self(rawValue: 0x02)
    package static let queryServerInformation = Self(rawValue: 0x03)
    package static let queryApplicationNamespaces = Self(rawValue: 0x04)
    package static let queryExtensionList = Self(rawValue: 0x05)
    package static let queryExtensionMap = Self(rawValue: 0x06)
    package static let queryAttestationTypes = Self(rawValue: 0x07)
    package static let queryRNGs = Self(rawValue: 0x08)
    package static let queryValidations = Self(rawValue: 0x09)
    package static let queryProfiles = Self(rawValue: 0x0A)
    package static let queryCapabilities = Self(rawValue: 0x0B)
    package static let queryClientRegistrationMethods = Self(rawValue: 0x0C)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Query Operations"),
        EnumerationValue(0x02, "Query Objects"),
        EnumerationValue(0x03, "Query Server Information"),
        EnumerationValue(0x04, "Query Application Namespaces"),
        EnumerationValue(0x05, "Query Extension List", since: .v11),
        EnumerationValue(0x06, "Query Extension Map", since: .v11),
        EnumerationValue(0x07, "Query Attestation Types", since: .v12),
        EnumerationValue(0x08, "Query RNGs", since: .v13),
        EnumerationValue(0x09, "Query Validations", since: .v13),
        EnumerationValue(0x0A, "Query Profiles", since: .v13),
        EnumerationValue(0x0B, "Query Capabilities", since: .v13),
        EnumerationValue(0x0C, "Query Client Registration Methods", since: .v13),
    ]
}
