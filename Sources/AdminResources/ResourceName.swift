/// The rule for names of instances and certificates, which appear in paths, tables and file names.
package enum ResourceName {
    /// The same rule as a regular expression, in openapi.yaml.
    package static let pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    package static let rule = "1 to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or digit"

    package static func isValid(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, bytes.count <= 64, isLetterOrDigit(first) else { return false }
        return bytes.allSatisfy { byte in
            isLetterOrDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "_")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
