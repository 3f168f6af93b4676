/// Object Type (KMIP 1.4, section 9.1.3.2.12).
package struct ObjectType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let certificate = Self(rawValue: 0x01)
    package static let symmetricKey = Self(rawValue: 0x02)
    package static let publicKey = Self(rawValue: 0x03)
    package static let privateKey = Self(rawValue: 0x04)
    package static let splitKey = Self(rawValue: 0x05)
    package static let template = Self(rawValue: 0x06)
    package static let secretData = Self(rawValue: 0x07)
    package static let opaqueObject = Self(rawValue: 0x08)
    package static let pgpKey = Self(rawValue: 0x09)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Certificate"),
        EnumerationValue(0x02, "Symmetric Key"),
        EnumerationValue(0x03, "Public Key"),
        EnumerationValue(0x04, "Private Key"),
        EnumerationValue(0x05, "Split Key"),
        EnumerationValue(0x06, "Template"),
        EnumerationValue(0x07, "Secret Data"),
        EnumerationValue(0x08, "Opaque Object"),
        EnumerationValue(0x09, "PGP Key", since: .v12),
    ]
}
