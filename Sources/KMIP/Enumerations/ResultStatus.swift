/// Result Status (KMIP 1.4, section 9.1.3.2.28).
package struct ResultStatus: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let success = Self(rawValue: 0x00)
    package static let operationFailed = Self(rawValue: 0x01)
    package static let operationPending = Self(rawValue: 0x02)
    package static let operationUndone = Self(rawValue: 0x03)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x00, "Success"),
        EnumerationValue(0x01, "Operation Failed"),
        EnumerationValue(0x02, "Operation Pending"),
        EnumerationValue(0x03, "Operation Undone"),
    ]
}
