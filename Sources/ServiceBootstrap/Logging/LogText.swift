/// Writes text from anywhere into one line of a log, so that no byte of it can end the line, look like another field, or
/// move the reader's cursor: a client's certificate, a file name or a broker's message can hold anything.
enum LogText {
    /// Longer texts are cut: a line should not be a way to fill a disk.
    static let largestScalarCount = 4096

    /// As the contents of a JSON string, without its quotation marks (RFC 8259, 7). Escapes, beyond what JSON demands, all
    /// that is not visible: control characters of both ranges, line and paragraph separators, and the marks that change
    /// the direction of writing.
    static func appendEscaped(_ text: String, to line: inout String) {
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < largestScalarCount else {
                line += "\\u2026"
                return
            }
            count += 1
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where isHidden(scalar): appendCodeUnits(of: scalar, to: &line)
            default: line.unicodeScalars.append(scalar)
            }
        }
    }

    /// As a value in a text line: bare if it is made of plain characters, quoted and escaped if not.
    static func appendValue(_ text: String, to line: inout String) {
        if !text.isEmpty, text.count <= largestScalarCount, text.utf8.allSatisfy(isPlain) {
            line += text
        } else {
            line += "\""
            appendEscaped(text, to: &line)
            line += "\""
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "=")
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
        default: false
        }
    }

    private static func appendCodeUnits(of scalar: Unicode.Scalar, to line: inout String) {
        for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}
