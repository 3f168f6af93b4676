/// CSV as RFC 4180 has it, strictly, with the separators that PowerShell writes in some locales.
///
/// What the RFC does not allow is an error, never a guess: a quote that is not closed would swallow the records after it.
struct DelimitedText {
    struct Row: Hashable {
        /// Where it begins; the file's first line is 1.
        let line: Int
        let cells: [String]
    }

    /// An export has eleven columns; other programs may have added some.
    static let mostColumns = 64

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var separator = UInt8(ascii: ",")

    /// - Parameter bytes: valid UTF-8.
    static func rows(_ bytes: [UInt8]) throws(InventoryError) -> [Row] {
        var text = DelimitedText(bytes)
        text.skipTypeLine()
        text.separator = text.separatorOfFirstLine()
        var rows: [Row] = []
        while !text.isAtEnd {
            let start = text.line
            let cells = try text.row()
            // Blank lines are at the end only: elsewhere something was there.
            guard cells != [""] else {
                guard text.onlyLineEndsFollow() else {
                    throw InventoryError(.malformed, at: .line(start), "the line is empty")
                }
                break
            }
            guard rows.count <= Inventory.mostRecords else { throw .tooManyRecords }
            rows.append(Row(line: start, cells: cells))
        }
        return rows
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var isAtEnd: Bool { position == bytes.count }

    /// Windows PowerShell writes the objects' type first, unless it is told not to.
    private mutating func skipTypeLine() {
        guard bytes.starts(with: Array("#TYPE ".utf8)) else { return }
        position = bytes.firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        line = 2
    }

    /// Whichever of the three comes first: names of columns have none of them.
    private func separatorOfFirstLine() -> UInt8 {
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return bytes[position...].prefix { $0 != 0x0A }.first(where: candidates.contains) ?? UInt8(ascii: ",")
    }

    private mutating func row() throws(InventoryError) -> [String] {
        var cells: [String] = []
        while true {
            guard cells.count < Self.mostColumns else {
                throw InventoryError(.malformed, at: .line(line), "there are more than \(Self.mostColumns) cells")
            }
            cells.append(bytes[position...].first == UInt8(ascii: "\"") ? try quoted() : try plain())
            guard !isAtEnd else { return cells }
            if bytes[position] == separator {
                position += 1
                continue
            }
            // `quoted` and `plain` stop at a separator, a line's end or the end.
            position += bytes[position] == 0x0D ? 2 : 1
            line += 1
            return cells
        }
    }

    private mutating func plain() throws(InventoryError) -> String {
        let start = position
        while !isAtEnd, bytes[position] != separator, !isLineEnd(at: position) {
            guard bytes[position] != UInt8(ascii: "\"") else {
                throw InventoryError(
                    .malformed,
                    at: .line(line),
                    "there is a quotation mark within a cell without quotes"
                )
            }
            guard bytes[position] != 0x0D else {
                throw InventoryError(.malformed, at: .line(line), "there is a carriage return within a cell")
            }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quoted() throws(InventoryError) -> String {
        let first = line
        var content: [UInt8] = []
        position += 1
        while !isAtEnd {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                guard !isAtEnd, bytes[position] == UInt8(ascii: "\"") else {
                    guard isAtEnd || bytes[position] == separator || isLineEnd(at: position) else {
                        throw InventoryError(
                            .malformed,
                            at: .line(line),
                            "there is text after a cell's closing quotation mark"
                        )
                    }
                    return String(decoding: content, as: UTF8.self)
                }
                position += 1
            } else if byte == 0x0A {
                line += 1
            }
            content.append(byte)
        }
        throw InventoryError(
            .incomplete,
            at: .line(first),
            "the file ends within a cell that begins here with a quotation mark: it was cut short"
        )
    }

    /// LF, or CR LF.
    private func isLineEnd(at index: Int) -> Bool {
        bytes[index] == 0x0A || (bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A)
    }

    private func onlyLineEndsFollow() -> Bool {
        bytes[position...].allSatisfy { $0 == 0x0A || $0 == 0x0D }
    }
}
