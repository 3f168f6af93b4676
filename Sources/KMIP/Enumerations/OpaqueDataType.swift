/// Opaque Data Type (KMIP 1.4, section 9.1.3.2.10).
package struct OpaqueDataType: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let standardValues: [EnumerationValue] = []
}
