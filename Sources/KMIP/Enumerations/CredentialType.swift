/// Credential Type (KMIP 1.4, section 9.1.3.2.1).
package struct CredentialType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let usernameAndPassword = Self(rawValue: 0x01)
    package static let device = Self(rawValue: 0x02)
    package static let attestation = Self(rawValue: 0x03)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Username and Password"),
        EnumerationValue(0x02, "Device", since: .v11),
        EnumerationValue(0x03, "Attestation", since: .v12),
    ]
}
