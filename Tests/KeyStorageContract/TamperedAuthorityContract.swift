import KeyModel
import KeyStorage
import Testing

/// Tables of authority that somebody with the database, and without the record key, has altered.
enum TamperedAuthorityContract {
    static let cases = [
        ContractCase("an altered column of any table of authority is found", columns),
        ContractCase("a removed row of any table of authority is found", removedRows),
        ContractCase("a row that was put back as it once was is found by the set digest", olderRow),
        ContractCase("an altered or removed authority state is found", state),
        ContractCase("an older authority as a whole shows its older generations", olderAuthority),
    ]

    private static let tables: [(name: String, columns: [String])] = [
        ("instances", ["identifier", "name", "status", "partition_name", "root_key", "created", "mac"]),
        (
            "client_certificates",
            ["fingerprint", "instance", "name", "der", "subject", "not_before", "not_after", "added", "mac"]
        ),
        ("certificate_ends", ["fingerprint", "valid_until", "mac"]),
        ("root_keys", ["identifier", "name", "partition_name", "status", "created", "mac"]),
        ("root_key_versions", ["root_key", "version", "status", "token_key_id", "canary", "created", "mac"]),
        ("ticket_keys", ["token_key_id", "partition_name", "status", "certificate", "created", "mac"]),
        ("service_authorizations", ["instance", "root_key", "roles", "mac"]),
        ("service_identities", ["fingerprint", "name", "role", "status", "not_after", "mac"]),
        ("operators", ["fingerprint", "name", "roles", "status", "not_after", "mac"]),
    ]

    private static func setUp(_ database: any ContractDatabase) throws -> (KeyStore, Tampering, Authority) {
        let store = try ContractFixture.store(database)
        let authority = try store.write {
            try $0.changeAuthority(from: Authority(generation: 0), to: AuthorityFixture.authority())
        }
        return (store, Tampering(engine: try database.openEngine()), authority)
    }

    private static func isFound(_ store: KeyStore) throws -> Bool {
        try errorCode { _ = try store.read { try $0.authority() } } == .recordCorrupted
    }

    private static func columns(_ database: any ContractDatabase) throws {
        let (store, tampering, _) = try setUp(database)
        for (table, columns) in tables {
            let condition = "mac = (SELECT MIN(mac) FROM \(table))"
            for column in columns where column != "mac" {
                try tampering.alterEach([column], of: table, where: condition) { try isFound(store) }
            }
            try tampering.alterEach(["mac"], of: table, where: condition) { try isFound(store) }
        }
    }

    private static func removedRows(_ database: any ContractDatabase) throws {
        let (store, tampering, _) = try setUp(database)
        for (table, columns) in tables {
            let list = columns.joined(separator: ", ")
            let row = try #require(try tampering.rows("SELECT \(list) FROM \(table) ORDER BY mac").first)
            try tampering.run("DELETE FROM \(table) WHERE mac = ?", [try #require(row.last)])
            #expect(try isFound(store), "\(table)")
            let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
            try tampering.run("INSERT INTO \(table) (\(list)) VALUES (\(marks))", row)
            #expect(try !isFound(store), "\(table)")
        }
    }

    private static func olderRow(_ database: any ContractDatabase) throws {
        let (store, tampering, authority) = try setUp(database)
        let columns = tables[1].columns.joined(separator: ", ")
        let row = try #require(try tampering.rows("SELECT \(columns) FROM client_certificates").first)
        var next = authority
        next.certificates = []
        _ = try store.write { try $0.changeAuthority(from: authority, to: next) }
        #expect(try !isFound(store))
        let marks = Array(repeating: "?", count: row.count).joined(separator: ", ")
        try tampering.run("INSERT INTO client_certificates (\(columns)) VALUES (\(marks))", row)
        #expect(try isFound(store))
    }

    private static func state(_ database: any ContractDatabase) throws {
        let (store, tampering, _) = try setUp(database)
        let columns = ["generation", "set_digest", "anchored_generation", "mac"]
        try tampering.alterEach(columns, of: "authority_state", where: "1 = 1") {
            try isFound(store)
                && errorCode { _ = try store.read { try $0.authorityGeneration() } } == .recordCorrupted
        }
        try tampering.run("UPDATE authority_state SET anchored_generation = NULL")
        #expect(try isFound(store))
        try tampering.run("DELETE FROM authority_state")
        #expect(try isFound(store))
    }

    /// The store alone can't tell: its caller compares the anchored generation with the token's anchor.
    private static func olderAuthority(_ database: any ContractDatabase) throws {
        let (store, tampering, authority) = try setUp(database)
        let columns = "generation, set_digest, anchored_generation, mac"
        let old = try #require(try tampering.rows("SELECT \(columns) FROM authority_state").first)
        let emptied = tables[1...2].map { ($0.name, $0.columns.joined(separator: ", "), $0.columns.count) }
        let saved = try emptied.map { table, columns, _ in try tampering.rows("SELECT \(columns) FROM \(table)") }
        var next = authority
        next.certificates = []
        _ = try store.write { try $0.changeAuthority(from: authority, to: next) }
        try tampering.run("UPDATE authority_state SET (\(columns)) = (?, ?, ?, ?)", old)
        #expect(try isFound(store))
        for ((table, columns, count), rows) in zip(emptied, saved) {
            let marks = Array(repeating: "?", count: count).joined(separator: ", ")
            for values in rows { try tampering.run("INSERT INTO \(table) (\(columns)) VALUES (\(marks))", values) }
        }
        let found = try store.read { try $0.authority() }
        #expect(found.generation == 1 && found.anchoredGeneration == 1)
    }
}
