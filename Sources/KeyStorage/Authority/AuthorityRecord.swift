internal import KeyModel

/// A row of one of the tables that confer authority.
protocol AuthorityRecord: Hashable {
    static var table: StoreTable { get }
    /// The columns without the MAC, those of the key first.
    static var columns: [String] { get }
    static var keyColumnCount: Int { get }
    /// What the columns hold, in their order.
    var values: [StoreValue] { get }
    init(_ row: inout RowReader) throws(StoreError)
}

extension AuthorityRecord {
    var key: [StoreValue] { Array(values.prefix(Self.keyColumnCount)) }

    static var keyColumns: ArraySlice<String> { columns.prefix(keyColumnCount) }

    static var selectStatement: String {
        let order = keyColumns.joined(separator: ", ")
        return "SELECT \(columns.joined(separator: ", ")), mac FROM \(table.rawValue) ORDER BY \(order)"
    }

    static var insertStatement: String {
        let marks = Array(repeating: "?", count: columns.count + 1).joined(separator: ", ")
        let names = columns.joined(separator: ", ")
        return "INSERT INTO \(table.rawValue) (\(names), mac) VALUES (\(marks)) ON CONFLICT DO NOTHING"
    }

    static var deleteStatement: String {
        let conditions = keyColumns.map { $0 + " = ?" }.joined(separator: " AND ")
        return "DELETE FROM \(table.rawValue) WHERE \(conditions)"
    }
}

/// A set of roles in one column: names in alphabetical order, separated by spaces.
enum RoleSet {
    static func text<Role: RawRepresentable<String>>(_ roles: Set<Role>) -> StoreValue {
        .text(roles.map(\.rawValue).sorted().joined(separator: " "))
    }

    /// Nil where a name is no role.
    static func roles<Role: RawRepresentable<String>>(_ text: String) -> Set<Role>? {
        var roles: Set<Role> = []
        for name in text.split(separator: " ") {
            guard let role = Role(rawValue: String(name)) else { return nil }
            roles.insert(role)
        }
        return roles
    }
}
