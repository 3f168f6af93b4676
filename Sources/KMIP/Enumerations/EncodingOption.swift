/// Encoding Option (KMIP 1.4, section 9.1.3.2.32).
package struct EncodingOption: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let noEncoding = Self(rawValue: 0x01)
    package static let ttlvEncoding = Self(rawValue: 0x02)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "No Encoding", since: .v11),
        EnumerationValue(0x02, "TTLV Encoding", since: .v11),
    ]
}
