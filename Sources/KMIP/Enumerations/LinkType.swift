/// Link Type (KMIP 1.4, section 9.1.3.2.20).
package struct LinkType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let certificateLink = Self(rawValue: 0x0101)
    package static let publicKeyLink = Self(rawValue: 0x0102)
    package static let privateKeyLink = Self(rawValue: 0x0103)
    package static let derivationBaseObjectLink = Self(rawValue: 0x0104)
    package static let derivedKeyLink = Self(rawValue: 0x0105)
    package static let replacementObjectLink = Self(rawValue: 0x0106)
    package static let replacedObjectLink = Self(rawValue: 0x0107)
    package static let parentLink = Self(rawValue: 0x0108)
    package static let childLink = Self(rawValue: 0x0109)
    package static let previousLink = Self(rawValue: 0x010A)
    package static let nextLink = Self(rawValue: 0x010B)
    package static let pkcs12CertificateLink = Self(rawValue: 0x010C)
    package static let pkcs12PasswordLink = Self(rawValue: 0x010D)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x0101, "Certificate Link"),
        EnumerationValue(0x0102, "Public Key Link"),
        EnumerationValue(0x0103, "Private Key Link"),
        EnumerationValue(0x0104, "Derivation Base Object Link"),
        EnumerationValue(0x0105, "Derived Key Link"),
        EnumerationValue(0x0106, "Replacement Object Link"),
        EnumerationValue(0x0107, "Replaced Object Link"),
        EnumerationValue(0x0108, "Parent Link", since: .v12),
        EnumerationValue(0x0109, "Child Link", since: .v12),
        EnumerationValue(0x010A, "Previous Link", since: .v12),
        EnumerationValue(0x010B, "Next Link", since: .v12),
        EnumerationValue(0x010C, "PKCS#12 Certificate Link", since: .v14),
        EnumerationValue(0x010D, "PKCS#12 Password Link", since: .v14),
    ]
}
