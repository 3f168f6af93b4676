/// Batch Error Continuation Option (KMIP 1.4, section 9.1.3.2.30).
package struct BatchErrorContinuationOption: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let `continue` = Self(rawValue: 0x01)
    package static let stop = Self(rawValue: 0x02)
    package static let undo = Self(rawValue: 0x03)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x01, "Continue"),
        EnumerationValue(0x02, "Stop"),
        EnumerationValue(0x03, "Undo"),
    ]
}
