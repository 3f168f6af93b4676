/// Looks up rows of many keys with one statement, at a small number of different statement texts, so that engines can
/// keep them prepared.
package struct WantedRows {
    /// Names of the two key columns.
    package let columns: (String, String)

    package init(columns: (String, String)) {
        self.columns = columns
    }

    /// The number of keys that one statement asks for at most.
    static let chunk = 256

    /// `WITH wanted (…) AS (VALUES …)`, and what joins it to a table that the statement calls `r`. CROSS JOIN makes
    /// SQLite look up the wanted keys one by one in the table's index, never the reverse.
    package func query(selecting columnList: String, from table: StoreTable, count: Int) -> String {
        let values = Array(repeating: "(?, ?)", count: count).joined(separator: ", ")
        let (first, second) = columns
        return """
            WITH wanted (\(first), \(second)) AS (VALUES \(values)) \
            SELECT \(columnList) FROM wanted CROSS JOIN \(table.rawValue) r \
            WHERE r.\(first) = wanted.\(first) AND r.\(second) = wanted.\(second)
            """
    }

    /// All rows of `table` with one of `keys`, which must differ from each other.
    func rows(
        _ columnList: String,
        of table: StoreTable,
        keys: [(StoreValue, StoreValue)],
        in transaction: any EngineTransaction
    ) throws -> [[StoreValue]] {
        var found: [[StoreValue]] = []
        for start in stride(from: 0, to: keys.count, by: Self.chunk) {
            let part = keys[start..<min(start + Self.chunk, keys.count)]
            // Filled up to a power of two with keys that equal nothing.
            var count = 1
            while count < part.count { count *= 2 }
            var parameters = part.flatMap { [$0.0, $0.1] }
            parameters += Array(repeating: .null, count: 2 * (count - part.count))
            let statement = query(selecting: columnList, from: table, count: count)
            found += try transaction.rows(statement, parameters)
        }
        return found
    }
}
