/// A file's bytes as text, whichever way PowerShell and spreadsheets wrote it.
struct InventoryText {
    /// Valid UTF-8, without byte order mark.
    let bytes: [UInt8]

    /// - Throws: `InventoryError` if it is not text.
    init(_ file: [UInt8]) throws(InventoryError) {
        guard !file.isEmpty else { throw InventoryError(.incomplete, "the file is empty") }
        switch (file.first, file.dropFirst().first) {
        case (0xFF, 0xFE):
            bytes = try Self.fromUTF16(file.dropFirst(2)) { low, high in UInt16(high) << 8 | UInt16(low) }
        case (0xFE, 0xFF):
            bytes = try Self.fromUTF16(file.dropFirst(2)) { high, low in UInt16(high) << 8 | UInt16(low) }
        default:
            let content = file.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(file.dropFirst(3)) : file
            try Self.check(content)
            bytes = content
        }
    }

    /// JSON or CSV is told by the first byte that is not white space.
    var isJSON: Bool {
        guard let first = bytes.first(where: { !Self.isSpace($0) }) else { return false }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        [0x20, 0x09, 0x0A, 0x0D].contains(byte)
    }

    private static func check(_ content: [UInt8]) throws(InventoryError) {
        if content.starts(with: Array("PK\u{03}\u{04}".utf8)) {
            throw InventoryError(
                .notText,
                "it is a spreadsheet or an archive, not text",
                advice: "Give the file as the script wrote it: a spreadsheet program changes it."
            )
        }
        guard !content.contains(0) else { throw InventoryError(.notText, "it is not text: there are null bytes in it") }
        guard String(validating: content, as: UTF8.self) == nil else { return }
        // A character has four bytes at most.
        if (1...3).contains(where: { String(validating: content.dropLast($0), as: UTF8.self) != nil }) {
            throw InventoryError(.incomplete, "the file ends within a character: it was cut short")
        }
        let lines = content.split(separator: 0x0A, omittingEmptySubsequences: false)
        let broken = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
        throw InventoryError(
            .notText,
            at: broken.map { .line($0 + 1) },
            "there are bytes that are not UTF-8",
            advice: "Export it again; with commands of your own, add '-Encoding utf8' to Export-Csv or Out-File."
        )
    }

    private static func fromUTF16(
        _ content: ArraySlice<UInt8>,
        unit: (UInt8, UInt8) -> UInt16
    ) throws(InventoryError) -> [UInt8] {
        guard content.count.isMultiple(of: 2) else {
            throw InventoryError(.incomplete, "it is UTF-16 that ends within a character: it was cut short")
        }
        let units = stride(from: content.startIndex, to: content.endIndex, by: 2).map {
            unit(content[$0], content[$0 + 1])
        }
        guard let text = String(validating: units, as: UTF16.self), !text.utf8.contains(0) else {
            throw InventoryError(.notText, "it begins like UTF-16, but is not")
        }
        return Array(text.utf8)
    }
}
