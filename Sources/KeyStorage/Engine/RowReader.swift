internal import KeyModel

/// Reads the columns of one row in order. A value of another type than the schema's, or out of its range, means that
/// something else wrote the row: `recordCorrupted`.
struct RowReader {
    let table: StoreTable
    let values: [StoreValue]
    /// How many columns at the front are the row's key.
    let keyColumnCount: Int
    private var next = 0

    init(_ table: StoreTable, _ values: [StoreValue], keyColumnCount: Int) {
        self.table = table
        self.values = values
        self.keyColumnCount = keyColumnCount
    }

    var corrupted: StoreError {
        let key = values.prefix(keyColumnCount).map(\.keyText).joined(separator: "/")
        return StoreError(.recordCorrupted, table: table, key: key)
    }

    mutating func value() throws(StoreError) -> StoreValue {
        guard next < values.count else { throw corrupted }
        defer { next += 1 }
        return values[next]
    }

    mutating func optionalInteger() throws(StoreError) -> Int64? {
        switch try value() {
        case .null: return nil
        case .integer(let number): return number
        case .text, .blob: throw corrupted
        }
    }

    mutating func optionalText() throws(StoreError) -> String? {
        switch try value() {
        case .null: return nil
        case .text(let text): return text
        case .integer, .blob: throw corrupted
        }
    }

    mutating func optionalBlob() throws(StoreError) -> [UInt8]? {
        switch try value() {
        case .null: return nil
        case .blob(let bytes): return bytes
        case .integer, .text: throw corrupted
        }
    }

    mutating func integer() throws(StoreError) -> Int64 {
        try required(try optionalInteger())
    }

    mutating func text() throws(StoreError) -> String {
        try required(try optionalText())
    }

    mutating func blob() throws(StoreError) -> [UInt8] {
        try required(try optionalBlob())
    }

    mutating func int() throws(StoreError) -> Int {
        try required(Int(exactly: try integer()))
    }

    mutating func uint32() throws(StoreError) -> UInt32 {
        try required(UInt32(exactly: try integer()))
    }

    mutating func time() throws(StoreError) -> Timestamp {
        Timestamp(secondsSince1970: try integer())
    }

    mutating func optionalTime() throws(StoreError) -> Timestamp? {
        try optionalInteger().map { Timestamp(secondsSince1970: $0) }
    }

    /// A value that another layer made of a column, and could not make.
    func required<Value>(_ value: Value?) throws(StoreError) -> Value {
        guard let value else { throw corrupted }
        return value
    }
}
