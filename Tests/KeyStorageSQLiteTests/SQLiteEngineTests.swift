import Foundation
import KeyModel
import KeyStorage
import KeyStorageContract
import KeyStorageSQLite
import Testing

/// What is SQLite's own: its settings, its failures, several processes' worth of connections on one file.
@Suite struct SQLiteEngineTests {
    private let database: TemporaryDatabase

    init() throws {
        database = try TemporaryDatabase()
    }

    private func setting(_ name: String, _ engine: SQLiteEngine) throws -> StoreValue? {
        try engine.read { try $0.rows("PRAGMA \(name)", []).first?.first }
    }

    @Test func commitsAreDurableAndDeletionsOverwritten() throws {
        let engine = try SQLiteEngine(path: database.path)
        #expect(try setting("journal_mode", engine) == .text("wal"))
        #expect(try setting("synchronous", engine) == .integer(2))
        #expect(try setting("secure_delete", engine) == .integer(1))
    }

    @Test func theFilesAreTheUsersOwn() throws {
        _ = try ContractFixture.store(database)
        let attributes = try FileManager.default.attributesOfItem(atPath: database.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func manyOpenANewFileAtOnce() async throws {
        let path = database.path
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let store = try KeyStore(engine: SQLiteEngine(path: path), recordKey: ContractFixture.recordKey())
                    try store.write { try $0.insert(ContractFixture.object("key-\(number)")) }
                }
            }
            try await group.waitForAll()
        }
        let counts = try ContractFixture.store(database).read { try $0.objectCounts(in: ContractFixture.instance) }
        #expect(counts == [.preActive: 8])
        let engine = try SQLiteEngine(path: path)
        let versions = try engine.read { try $0.rows("SELECT COUNT(*) FROM schema_version", []) }
        #expect(versions == [[.integer(Int64(SchemaMigration.all.count))]])
    }

    @Test func writersTakeTurns() async throws {
        let path = database.path
        try ContractFixture.store(database).write { try $0.insert(ContractFixture.object("a")) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let store = try KeyStore(engine: SQLiteEngine(path: path), recordKey: ContractFixture.recordKey())
                    for _ in 0..<25 {
                        try store.write { transaction in
                            let key = ContractFixture.key("a")
                            let object = try #require(try transaction.objects([key])[key]?.get())
                            try transaction.update(object, previousRevision: object.revision)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try ContractFixture.store(database).object(ContractFixture.key("a"))?.revision == 100)
    }

    @Test func aLockedDatabaseIsUnavailable() throws {
        var options = SQLiteEngine.Options()
        options.busyTimeoutSeconds = 0.05
        let holder = try ContractFixture.store(database)
        let other = try SQLiteEngine(path: database.path, options: options)
        try holder.write { _ in
            let code = try errorCode { try other.write { _ in } }
            #expect(code == .unavailable)
        }
        try other.write { _ in }
    }

    @Test func aFullDiskIsUnavailableAndLosesNothing() throws {
        let before = try ContractFixture.store(database)
        try before.write { try $0.insert(ContractFixture.object("before")) }
        var options = SQLiteEngine.Options()
        options.maximumPageCount = 90
        let engine = try SQLiteEngine(path: database.path, options: options)
        let store = try KeyStore(engine: engine, recordKey: ContractFixture.recordKey())
        let padding = ContractFixture.custom("x-padding", String(repeating: "p", count: 8_000))
        let code = try errorCode {
            try store.write { transaction in
                for number in 0..<100 {
                    try transaction.insert(ContractFixture.object("key-\(number)", attributes: [padding]))
                }
            }
        }
        #expect(code == .unavailable)
        #expect(try store.read { try $0.objectCounts(in: ContractFixture.instance) } == [.preActive: 1])
        try store.write { try $0.insert(ContractFixture.object("after")) }
        #expect(try before.object(ContractFixture.key("after")) != nil)
    }

    @Test func nothingIsWrittenBehindAFailureThatWasNotRethrown() throws {
        var options = SQLiteEngine.Options()
        options.maximumPageCount = 90
        let engine = try SQLiteEngine(path: database.path, options: options)
        let store = try KeyStore(engine: engine, recordKey: ContractFixture.recordKey())
        let padding = ContractFixture.custom("x-padding", String(repeating: "p", count: 8_000))
        // Full in the middle of a batch that goes on all the same: either the commit fails as a whole, or every
        // insert that did not throw is there.
        var inserted = 0
        let code = try errorCode {
            try store.write { transaction in
                for number in 0..<100 {
                    do {
                        try transaction.insert(ContractFixture.object("key-\(number)", attributes: [padding]))
                        inserted += 1
                    } catch let error as StoreError where error.code == .unavailable {}
                }
            }
        }
        let counts = try store.read { try $0.objectCounts(in: ContractFixture.instance) }
        #expect(counts[.preActive, default: 0] == (code == nil ? inserted : 0))
        #expect(inserted < 100)
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        try Data(repeating: 0x55, count: 8_192).write(to: URL(fileURLWithPath: database.path))
        let path = database.path
        #expect(throws: StoreError(.databaseDamaged)) { try SQLiteEngine(path: path) }
    }

    @Test func aFolderThatIsNotThereIsUnavailable() throws {
        let path = database.folder.appendingPathComponent("missing/store.sqlite").path
        #expect(throws: StoreError(.unavailable)) { try SQLiteEngine(path: path) }
    }

    @Test func errorsSayNeitherStatementNorValue() throws {
        let engine = try SQLiteEngine(path: database.path)
        let error = #expect(throws: StoreError.self) {
            try engine.write { _ = try $0.execute("INSERT INTO nowhere VALUES (?)", [.text("a secret")]) }
        }
        #expect(error?.code == .engineFailed)
        #expect(error?.description == "key store: engine failed (SQLite 1)")
    }

    @Test func destroyedMaterialIsInNoFileAfterACheckpoint() throws {
        let engine = try SQLiteEngine(path: database.path)
        let store = try KeyStore(engine: engine, recordKey: ContractFixture.recordKey())
        let blob = Data(repeating: 0xA5, count: 40)
        var object = try ContractFixture.object("a")
        try store.write { try $0.insert(object) }
        try engine.checkpoint()
        #expect(try database.contents().range(of: blob) != nil)
        try object.destroy(at: ContractFixture.start)
        try store.write { try $0.update(object, previousRevision: 0) }
        try engine.checkpoint()
        #expect(try database.contents().range(of: blob) == nil)
    }

    @Test func aRealNumberInARowIsFound() throws {
        let store = try ContractFixture.store(database)
        try store.write { try $0.insert(ContractFixture.object("a")) }
        let engine = try SQLiteEngine(path: database.path)
        try engine.write { _ = try $0.execute("UPDATE managed_objects SET length = 256.5", []) }
        #expect(try errorCode { _ = try store.object(ContractFixture.key("a")) } == .recordCorrupted)
    }

    @Test func lookupsUseTheIndices() throws {
        let store = try ContractFixture.store(database)
        try store.write { try $0.insert(ContractFixture.object("a")) }
        let engine = try SQLiteEngine(path: database.path)
        let wanted = WantedRows(columns: ("instance", "unique_identifier"))
        let query = wanted.query(selecting: "r.state", from: .managedObjects, count: 4)
        let plan = try engine.read {
            try $0.rows("EXPLAIN QUERY PLAN " + query, Array(repeating: .text("a"), count: 8)).compactMap(\.last)
        }
        let search = "SEARCH r USING INDEX sqlite_autoindex_managed_objects_1 (instance=? AND unique_identifier=?)"
        #expect(plan.contains(.text(search)))
    }
}
