/// Attestation Type (KMIP 1.4, section 9.1.3.2.36).
package struct AttestationType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let tpmQuote = Self(rawValue: 0x01)
    package static let tcgIntegrityReport = Self(rawValue: 0x02)
    package static let samlAssertion = Self(rawValue: 0x03)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "TPM Quote", since: .v12),
        EnumerationValue(0x02, "TCG Integrity Report", since: .v12),
        EnumerationValue(0x03, "SAML Assertion", since: .v12),
    ]
}
