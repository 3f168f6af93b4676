import KeyModel
import KeyStorage
import Testing

/// Managed objects that somebody with the database, and without the record key, has altered.
enum TamperedObjectContract {
    static let cases = [
        ContractCase("an altered column of an object is found, of whatever kind", columns),
        ContractCase("an altered, added, removed or moved attribute is found", attributes),
        ContractCase("exchanged material is found", exchangedMaterial),
        ContractCase("an object that was moved to another instance is found", movedObject),
        ContractCase("only the altered object fails", onlyTheAltered),
        ContractCase("another record key finds nothing right", otherKey),
    ]

    private static func setUp(_ database: any ContractDatabase) throws -> (KeyStore, Tampering) {
        let store = try ContractFixture.store(database)
        var revoked = try ContractFixture.object(
            "a",
            attributes: [ContractFixture.name("vm-a"), ContractFixture.custom("x-host", "esx1")]
        )
        try revoked.activate(at: ContractFixture.start)
        try revoked.revoke(
            RevocationReason(code: .superseded, message: "old"),
            occurrence: nil,
            at: ContractFixture.start
        )
        try store.write { transaction in
            try transaction.insert(revoked)
            try transaction.insert(ContractFixture.object("b", materialByte: 0x5A))
        }
        return (store, Tampering(engine: try database.openEngine()))
    }

    private static func code(_ store: KeyStore, _ identifier: String) throws -> StoreError.Code? {
        try errorCode { _ = try store.object(ContractFixture.key(identifier)) }
    }

    private static func columns(_ database: any ContractDatabase) throws {
        let (store, tampering) = try setUp(database)
        let columns = [
            "object_type", "algorithm", "length", "usage_mask", "digest", "state", "initial_date", "activation_date",
            "process_start_date", "protect_stop_date", "deactivation_date", "destroy_date",
            "compromise_occurrence_date", "compromise_date", "last_change_date", "revocation_reason",
            "revocation_message", "wrapped_material", "true_length", "root_key", "root_key_version", "revision", "mac",
        ]
        try tampering.alterEach(columns, of: "managed_objects", where: "unique_identifier = 'a'") {
            try code(store, "a") == .recordCorrupted
        }
    }

    private static func attributes(_ database: any ContractDatabase) throws {
        let (store, tampering) = try setUp(database)
        let condition =
            "unique_identifier = 'a' AND attribute_index = 0 AND name = (SELECT MAX(name) FROM object_attributes)"
        try tampering.alterEach(["attribute_index", "value"], of: "object_attributes", where: condition) {
            try code(store, "a") == .recordCorrupted
        }
        let insert = """
            INSERT INTO object_attributes (instance, unique_identifier, name, attribute_index, value, match_digest) \
            SELECT instance, 'b', name, attribute_index, value, match_digest FROM object_attributes \
            WHERE unique_identifier = 'a'
            """
        try tampering.run(insert)
        #expect(try code(store, "b") == .recordCorrupted)
        try tampering.run("DELETE FROM object_attributes WHERE unique_identifier = 'b'")
        #expect(try code(store, "b") == nil)
        try tampering.run("UPDATE object_attributes SET name = ? WHERE name = ?", [blob("x-vm"), blob("x-host")])
        #expect(try code(store, "a") == .recordCorrupted)
        try tampering.run("UPDATE object_attributes SET name = ? WHERE name = ?", [blob("x-host"), blob("x-vm")])
        #expect(try code(store, "a") == nil)
        try tampering.run("DELETE FROM object_attributes WHERE name = ?", [blob("x-host")])
        #expect(try code(store, "a") == .recordCorrupted)
    }

    private static func blob(_ text: String) -> StoreValue { .blob(Array(text.utf8)) }

    private static func exchangedMaterial(_ database: any ContractDatabase) throws {
        let (store, tampering) = try setUp(database)
        let material = try tampering.rows("SELECT unique_identifier, wrapped_material FROM managed_objects")
        for row in material {
            try tampering.run(
                "UPDATE managed_objects SET wrapped_material = ? WHERE unique_identifier <> ?",
                [row[1], row[0]]
            )
        }
        #expect(try code(store, "a") == .recordCorrupted)
        #expect(try code(store, "b") == .recordCorrupted)
        try tampering.run("UPDATE managed_objects SET unique_identifier = 'c' WHERE unique_identifier = 'a'")
        try tampering.run("UPDATE object_attributes SET unique_identifier = 'c' WHERE unique_identifier = 'a'")
        #expect(try code(store, "c") == .recordCorrupted)
    }

    private static func movedObject(_ database: any ContractDatabase) throws {
        let (store, tampering) = try setUp(database)
        for table in ["managed_objects", "object_attributes", "object_names"] {
            try tampering.run("UPDATE \(table) SET instance = 'instance-2' WHERE unique_identifier = 'a'")
        }
        let key = ContractFixture.key("a", in: ContractFixture.otherInstance)
        #expect(try errorCode { _ = try store.object(key) } == .recordCorrupted)
        #expect(try store.object(ContractFixture.key("a")) == nil)
    }

    private static func onlyTheAltered(_ database: any ContractDatabase) throws {
        let (store, tampering) = try setUp(database)
        try tampering.run("UPDATE managed_objects SET state = 2 WHERE unique_identifier = 'a'")
        let keys = [ContractFixture.key("a"), ContractFixture.key("b")]
        let found = try store.read { try $0.objects(keys) }
        #expect(throws: StoreError(.recordCorrupted)) { try found[keys[0]]?.get() }
        #expect(try found[keys[1]]?.get().identifier.text == "b")
    }

    private static func otherKey(_ database: any ContractDatabase) throws {
        _ = try setUp(database)
        let store = try KeyStore(engine: database.openEngine(), recordKey: ContractFixture.recordKey(1))
        #expect(try code(store, "a") == .recordCorrupted)
        #expect(try code(store, "b") == .recordCorrupted)
    }
}
