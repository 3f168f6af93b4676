import KeyStorage
import Testing

/// Somebody who can write to the database, and has no record key.
struct Tampering {
    let engine: any StoreEngine

    func run(_ statement: String, _ parameters: [StoreValue] = []) throws {
        try engine.write { _ = try $0.execute(statement, parameters) }
    }

    func rows(_ query: String, _ parameters: [StoreValue] = []) throws -> [[StoreValue]] {
        try engine.read { try $0.rows(query, parameters) }
    }

    /// Alters each of the columns in turn in all rows that `condition` selects, expects `isDetected` to find it, and
    /// puts the value back, after which nothing must be found.
    func alterEach(
        _ columns: [String],
        of table: String,
        where condition: String,
        isDetected: () throws -> Bool
    ) throws {
        for column in columns {
            let original = try #require(rows("SELECT \(column) FROM \(table) WHERE \(condition)").first?.first)
            for altered in Self.alterations(of: original) {
                try set(column, of: table, where: condition, to: altered)
                #expect(try isDetected(), "\(table).\(column) altered to \(altered)")
                // The key columns may be part of the condition: put back by the altered value.
                try run("UPDATE \(table) SET \(column) = ? WHERE \(column) = ?", [original, altered])
            }
            #expect(try !isDetected(), "\(table).\(column) as it was")
        }
    }

    private func set(_ column: String, of table: String, where condition: String, to value: StoreValue) throws {
        try run("UPDATE \(table) SET \(column) = ? WHERE \(condition)", [value])
    }

    private static func alterations(of value: StoreValue) -> [StoreValue] {
        switch value {
        case .null: [.integer(7), .blob([7]), .text("seven")]
        case .integer(let number): [.integer(number &+ 1_000), .integer(-1), .integer(0x7FFF_0000_0000)]
        case .text(let text): [.text(text + "x"), .text("")]
        case .blob(let bytes):
            [.blob([UInt8](bytes.dropLast()) + [(bytes.last ?? 0) ^ 1]), .blob(bytes + [0]), .blob([]), .text("text")]
        }
    }
}
