/// One extension of a certificate (RFC 5280, section 4.1.2.9).
package struct CertificateExtension: Sendable, Hashable {
    /// Dotted decimal.
    package let identifier: String
    package let isCritical: Bool
    /// What is inside the extension's OCTET STRING: DER of the extension's own type.
    package let value: [UInt8]

    package init(identifier: String, isCritical: Bool, value: [UInt8]) {
        self.identifier = identifier
        self.isCritical = isCritical
        self.value = value
    }
}

/// The extensions of RFC 5280, section 4.2.1 that are written or understood here.
enum StandardExtension {
    static let subjectKeyIdentifier = ObjectIdentifier(2, 5, 29, 14)
    static let keyUsage = ObjectIdentifier(2, 5, 29, 15)
    static let subjectAlternativeName = ObjectIdentifier(2, 5, 29, 17)
    static let basicConstraints = ObjectIdentifier(2, 5, 29, 19)
    static let authorityKeyIdentifier = ObjectIdentifier(2, 5, 29, 35)
    static let extendedKeyUsage = ObjectIdentifier(2, 5, 29, 37)
}
