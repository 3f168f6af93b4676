/// The columns of an export, in both formats: names as PowerShell has them, matched without regard to case.
enum InventoryColumn: String, CaseIterable {
    case kind = "Kind"
    case name = "Name"
    case id = "Id"
    case uuid = "Uuid"
    case parent = "Parent"
    case use = "Use"
    case provider = "Provider"
    case key = "Key"
    case state = "State"
    case changeTracking = "ChangeTracking"
    case detail = "Detail"

    /// Tables of other things have a column 'Name' as well, and it is not the missing ones that are wrong with them.
    static func isOfSomethingElse(missing: [InventoryColumn]) -> Bool {
        missing.count * 2 > allCases.count
    }
}

/// One row of CSV, or one object of JSON.
struct InventoryRecord: Hashable {
    let place: InventoryError.Place
    private let cells: [InventoryColumn: String]

    init(place: InventoryError.Place, cells: [InventoryColumn: String]) {
        self.place = place
        self.cells = cells
    }

    subscript(column: InventoryColumn) -> String {
        cells[column] ?? ""
    }
}

extension InventoryRecord {
    static func records(ofCSV bytes: [UInt8]) throws(InventoryError) -> [InventoryRecord] {
        let rows = try DelimitedText.rows(bytes)
        guard let header = rows.first else { throw InventoryError(.incomplete, "the file is empty") }
        let names = header.cells.map { $0.lowercased() }
        let missing = InventoryColumn.allCases.filter { !names.contains($0.rawValue.lowercased()) }
        guard !InventoryColumn.isOfSomethingElse(missing: missing) else {
            throw InventoryError(
                .notInventory,
                at: .line(header.line),
                "an inventory has other columns",
                advice: InventoryError.expected
            )
        }
        guard missing.isEmpty else {
            throw InventoryError(
                .missingColumns,
                at: .line(header.line),
                "there is no column \(missing.map { "'\($0.rawValue)'" }.joined(separator: ", "))"
            )
        }
        guard Set(names).count == names.count else {
            throw InventoryError(.contradictory, at: .line(header.line), "there are two columns of the same name")
        }
        var records: [InventoryRecord] = []
        let columns = names.map { name in InventoryColumn.allCases.first { $0.rawValue.lowercased() == name } }
        for row in rows.dropFirst() {
            guard row.cells.count == columns.count else {
                // A file that was cut short ends within a record.
                guard row != rows.last else {
                    throw InventoryError(
                        .incomplete,
                        at: .line(row.line),
                        "the file ends within a record: it was cut short"
                    )
                }
                throw InventoryError(
                    .malformed,
                    at: .line(row.line),
                    "there are \(row.cells.count) cells, and \(columns.count) columns"
                )
            }
            var cells: [InventoryColumn: String] = [:]
            for (column, cell) in zip(columns, row.cells) {
                if let column { cells[column] = cell }
            }
            records.append(InventoryRecord(place: .line(row.line), cells: cells))
        }
        return records
    }
}
