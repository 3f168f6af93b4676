/// Certificate Type (KMIP 1.4, section 9.1.3.2.6).
package struct CertificateType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let x509 = Self(rawValue: 0x01)
    package static let pgp = Self(rawValue: 0x02)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "X.509"),
        EnumerationValue(0x02, "PGP"),
    ]
}
