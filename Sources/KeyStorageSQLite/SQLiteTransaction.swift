internal import Foundation
internal import GRDB
internal import KeyStorage

/// A transaction of `SQLiteEngine`. Statements are kept prepared by their text, but for those of `rowsOnce`.
struct SQLiteTransaction: EngineTransaction {
    let database: Database

    func rows(_ statement: String, _ parameters: [StoreValue]) throws -> [[StoreValue]] {
        try mappingAnyErrors { try rows(of: try database.cachedStatement(sql: statement), parameters) }
    }

    func rowsOnce(_ statement: String, _ parameters: [StoreValue]) throws -> [[StoreValue]] {
        try mappingAnyErrors { try rows(of: try database.makeStatement(sql: statement), parameters) }
    }

    private func rows(of prepared: Statement, _ parameters: [StoreValue]) throws -> [[StoreValue]] {
        let cursor = try Row.fetchCursor(prepared, arguments: arguments(parameters))
        var rows: [[StoreValue]] = []
        while let row = try cursor.next() {
            var values: [StoreValue] = []
            values.reserveCapacity(row.count)
            for index in 0..<row.count {
                values.append(try Self.value(row[index]))
            }
            rows.append(values)
        }
        return rows
    }

    func execute(_ statement: String, _ parameters: [StoreValue]) throws -> Int {
        try mappingAnyErrors {
            let prepared = try database.cachedStatement(sql: statement)
            try prepared.execute(arguments: arguments(parameters))
            return database.changesCount
        }
    }

    func executeScript(_ script: String) throws {
        try mappingAnyErrors { try database.execute(sql: script) }
    }

    private func arguments(_ values: [StoreValue]) throws -> StatementArguments {
        StatementArguments(try values.map { try Self.databaseValue($0) })
    }

    private static func databaseValue(_ value: StoreValue) throws -> DatabaseValue {
        switch value {
        case .null: return .null
        case .integer(let number): return number.databaseValue
        case .blob(let bytes): return Data(bytes).databaseValue
        case .text(let text):
            // Bound as a C string it would end there, and be another text.
            guard !text.utf8.contains(0) else { throw StoreError(.valueNotStorable, cause: "U+0000 in a text") }
            return text.databaseValue
        }
    }

    private static func value(_ value: DatabaseValue) throws -> StoreValue {
        switch value.storage {
        case .null: .null
        case .int64(let number): .integer(number)
        case .string(let text): .text(text)
        case .blob(let bytes): .blob([UInt8](bytes))
        // No column of the schema holds one: something else wrote this row, and its MAC will say so.
        case .double(let number): .text(String(number))
        }
    }
}
