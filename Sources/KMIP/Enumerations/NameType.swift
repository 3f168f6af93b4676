/// Name Type (KMIP 1.4, section 9.1.3.2.11).
package struct NameType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let uninterpretedTextString = Self(rawValue: 0x01)
    package static let uri = Self(rawValue: 0x02)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Uninterpreted Text String"),
        EnumerationValue(0x02, "URI"),
    ]
}
