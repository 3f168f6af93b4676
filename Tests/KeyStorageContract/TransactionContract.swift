import KeyModel
import KeyStorage
import Testing

/// Transactions and the schema.
enum TransactionContract {
    static let cases = [
        ContractCase("a transaction that throws changes nothing", rollsBack),
        ContractCase("a part that throws is undone alone", undoesAPart),
        ContractCase("a read sees one state", readsOneState),
        ContractCase("the store shows that it can be written to", probes),
        ContractCase("a text that no column can hold is refused", textsNotStorable),
        ContractCase("opening again migrates nothing", opensAgain),
        ContractCase("a newer schema is refused", newerSchema),
    ]

    private struct Failure: Error {}

    private static func rollsBack(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        #expect(throws: Failure.self) {
            try store.write { transaction in
                try transaction.insert(ContractFixture.object("a"))
                _ = try transaction.changeAuthority(
                    from: Authority(generation: 0),
                    to: AuthorityFixture.authority()
                )
                throw Failure()
            }
        }
        #expect(try store.object(ContractFixture.key("a")) == nil)
        #expect(try store.read { try $0.authority() } == Authority(generation: 0))
        try store.write { try $0.insert(ContractFixture.object("a")) }
    }

    private static func undoesAPart(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try store.write { transaction in
            try transaction.insert(ContractFixture.object("a"))
            var isRethrown = false
            do {
                try transaction.atomically {
                    try transaction.insert(ContractFixture.object("b"))
                    throw Failure()
                }
            } catch is Failure {
                isRethrown = true
            }
            #expect(isRethrown)
            try transaction.atomically { try transaction.insert(ContractFixture.object("c")) }
            // Changes are seen within the transaction that makes them.
            #expect(try transaction.objects([ContractFixture.key("c")]).count == 1)
        }
        let keys = ["a", "b", "c"].map { ContractFixture.key($0) }
        #expect(try Set(store.read { try $0.objects(keys) }.keys) == [keys[0], keys[2]])
    }

    private static func readsOneState(_ database: any ContractDatabase) throws {
        let reader = try ContractFixture.store(database)
        let writer = try ContractFixture.store(database)
        try reader.read { transaction in
            #expect(try transaction.objectCounts(in: ContractFixture.instance).isEmpty)
            try writer.write { try $0.insert(ContractFixture.object("a")) }
            #expect(try transaction.objectCounts(in: ContractFixture.instance).isEmpty)
        }
        #expect(try reader.read { try $0.objectCounts(in: ContractFixture.instance) } == [.preActive: 1])
    }

    private static func probes(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let later = ContractFixture.start.advanced(bySeconds: 90_000)
        try store.write { try $0.probe(worker: "worker-1", at: ContractFixture.start) }
        try store.write { try $0.probe(worker: "worker-2", at: later) }
        try store.write { try $0.probe(worker: "worker-2", at: later.advanced(bySeconds: 1)) }
        let rows = try Tampering(engine: database.openEngine()).rows("SELECT worker, probed FROM store_probes")
        #expect(rows == [[.text("worker-2"), .integer(later.secondsSince1970 + 1)]])
    }

    private static func textsNotStorable(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        var authority = Authority(generation: 0)
        authority.instances = [try AuthorityFixture.instance(1, name: "a\u{0}b")]
        let code = try errorCode {
            _ = try store.write { try $0.changeAuthority(from: Authority(generation: 0), to: authority) }
        }
        #expect(code == .valueNotStorable)
    }

    private static func opensAgain(_ database: any ContractDatabase) throws {
        try ContractFixture.store(database).write { try $0.insert(ContractFixture.object("a")) }
        #expect(try ContractFixture.store(database).object(ContractFixture.key("a")) != nil)
        let versions = try Tampering(engine: database.openEngine()).rows("SELECT version FROM schema_version")
        #expect(versions == SchemaMigration.all.map { [.integer(Int64($0.number))] })
    }

    private static func newerSchema(_ database: any ContractDatabase) throws {
        _ = try ContractFixture.store(database)
        let tampering = Tampering(engine: try database.openEngine())
        try tampering.run("INSERT INTO schema_version (version) VALUES (1000)")
        #expect(try errorCode { _ = try ContractFixture.store(database) } == .schemaTooNew)
    }
}
