/// Sentences in lines that a terminal shows whole.
enum WrappedText {
    static let columns = 100

    /// - Parameters:
    ///   - first: what the first line begins with.
    ///   - rest: what the others begin with.
    static func lines(_ text: String, first: String = "", rest: String = "") -> String {
        var lines: [String] = []
        var line = first
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = rest
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n")
    }

    static func item(_ text: String) -> String {
        lines(text, first: "  - ", rest: "    ")
    }
}
