/// Padding Method (KMIP 1.4, section 9.1.3.2.15).
package struct PaddingMethod: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let noPadding = Self(rawValue: 0x01)
    package static let oaep = Self(rawValue: 0x02)
    package static let pkcs5 = Self(rawValue: 0x03)
    package static let ssl3 = Self(rawValue: 0x04)
    package static let zeros = Self(rawValue: 0x05)
    package static let ansiX923 = Self(rawValue: 0x06)
    package static let iso10126 = Self(rawValue: 0x07)
    package static let pkcs1V15 = Self(rawValue: 0x08)
    package static let x931 = Self(rawValue: 0x09)
    package static let pss = Self(rawValue: 0x0A)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "None"),
        EnumerationValue(0x02, "OAEP"),
        EnumerationValue(0x03, "PKCS5"),
        EnumerationValue(0x04, "SSL3"),
        EnumerationValue(0x05, "Zeros"),
        EnumerationValue(0x06, "ANSI X9.23"),
        EnumerationValue(0x07, "ISO 10126"),
        EnumerationValue(0x08, "PKCS1 v1.5"),
        EnumerationValue(0x09, "X9.31"),
        EnumerationValue(0x0A, "PSS"),
    ]
}
