/// Text as roff reads it.
enum RoffText {
    /// One line of text. Nothing in it is a request or an escape; hyphens are those that can be typed.
    static func line(_ text: String) -> String {
        let escaped = String(
            text.flatMap { character -> String in
                switch character {
                case "\\": "\\e"
                case "-": "\\-"
                case "~": "\\(ti"
                case "^": "\\(ha"
                case "`": "\\(ga"
                case "\n", "\r", "\r\n": " "
                default: String(character)
                }
            }
        )
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    /// An argument of a request, which may have spaces.
    static func argument(_ text: String) -> String {
        "\"" + line(text).split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq") + "\""
    }

    static func bold(_ text: String) -> String { "\\fB" + line(text) + "\\fR" }

    static func italic(_ text: String) -> String { "\\fI" + line(text) + "\\fR" }

    /// Paragraphs, which empty lines separate. Lines that begin with spaces are kept as they are: tables, examples.
    static func paragraphs(_ text: String) -> [String] {
        var lines: [String] = []
        var isVerbatim = false
        for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if part.hasPrefix("  ") != isVerbatim {
                isVerbatim.toggle()
                lines.append(isVerbatim ? ".nf" : ".fi")
            }
            lines.append(part.allSatisfy(\.isWhitespace) ? ".PP" : line(String(part)))
        }
        if isVerbatim { lines.append(".fi") }
        return lines
    }
}
