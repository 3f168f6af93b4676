/// Columns of text, each as wide as its widest cell.
struct TextTable {
    private let header: [String]
    private var rows: [[String]] = []

    init(_ header: String...) {
        self.header = header
    }

    mutating func add(_ cells: String...) {
        rows.append(cells)
    }

    /// - Parameter empty: what to print where there are no rows.
    func text(empty: String) -> String {
        guard !rows.isEmpty else { return empty }
        let lines = [header] + rows
        let widths = header.indices.map { column in lines.map { Self.width($0[column]) }.max() ?? 0 }
        return lines.map { line in
            let cells = line.enumerated().map { column, cell in
                column == line.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - Self.width(cell))
            }
            let text = cells.joined(separator: "  ")
            // Cells that are empty at the end leave nothing behind.
            return text.lastIndex { $0 != " " }.map { String(text[...$0]) } ?? ""
        }.joined(separator: "\n")
    }

    private static func width(_ cell: String) -> Int {
        cell.count
    }
}

/// What comes from a server, fit for a terminal: a control character in it could move the cursor, or worse.
func printable(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator: "?"
                default: scalar
                }
            }
        )
    )
}
