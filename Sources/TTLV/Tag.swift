/// What an item is: a three-byte number (KMIP 1.4, section 9.1.1.1).
///
/// Any number is accepted, for official test cases use tags outside the standard's 42 and the extensions' 54 range.
package struct Tag: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt32

    /// Only the low three bytes count.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue & 0xFFFFFF
    }

    package init(_ value: UInt32) {
        self.init(rawValue: value)
    }

    /// Whether the tag is in the standard's own range, 42xxxx.
    package var isStandard: Bool {
        rawValue >> 16 == 0x42
    }

    /// Six hexadecimal digits.
    package var description: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
}
