import KeyModel
import KeyStorage
import Testing

/// What moving keys under another version of their root key relies on.
enum RotationContract {
    static let cases = [
        ContractCase("an operation is kept, and of two writers one learns that it was late", operations),
        ContractCase("an altered operation is found", tampered),
        ContractCase("keys under older versions are found in order, from any position", order),
        ContractCase(
            "a rewrapped key has other material and the next revision, and nothing else of it is changed",
            rewrap
        ),
        ContractCase("keys are counted by version and instance", counts),
        ContractCase("a transaction may require the authority's generation", generation),
    ]

    private static let rootKey = RootKeyIdentifier("root-1")

    private static func operation(_ name: String, startedAfter seconds: Int64 = 0) throws -> StoredOperation {
        StoredOperation(
            BackgroundOperation(
                identifier: OperationIdentifier(name),
                kind: .rootKeyRotation,
                partition: try AuthorityFixture.partition(),
                rootKey: RootKey(
                    identifier: rootKey,
                    name: "first",
                    partition: try AuthorityFixture.partition(),
                    status: .active,
                    created: ContractFixture.start
                ),
                targetVersion: 2,
                total: 7,
                started: ContractFixture.start.advanced(bySeconds: seconds)
            )
        )
    }

    private static func read(_ store: KeyStore, _ name: String) throws -> StoredOperation? {
        try store.read { try $0.operation(OperationIdentifier(name)) }
    }

    private static func operations(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let partition = try AuthorityFixture.partition()
        let first = try operation("a")
        let second = try operation("b", startedAfter: 5)
        for stored in [first, second] { try store.write { try $0.insert(stored) } }
        #expect(try errorCode { try store.write { try $0.insert(first) } } == .alreadyExists)
        #expect(try read(store, "a") == first)
        #expect(try read(store, "none") == nil && read(store, "a\u{0}") == nil)
        #expect(try store.read { try $0.runningOperations(in: partition) } == [first, second])
        #expect(try store.read { try $0.operations(in: partition, limit: 9) } == [second, first])
        #expect(try store.read { try $0.operations(in: partition, limit: 1) } == [second])
        let elsewhere = try #require(PartitionName("elsewhere"))
        #expect(try store.read { try $0.operations(in: elsewhere, limit: 9) }.isEmpty)

        var moved = first
        moved.operation.done = 3
        moved.pass.cursor = StoredOperation.Position(version: 1, key: ContractFixture.key("k"))
        moved.pass.moved = 3
        moved.pass.refused = 1
        moved.pass.claimed = ContractFixture.start.advanced(bySeconds: 9)
        let written = try store.write { try $0.update(moved) }
        #expect(try read(store, "a") == written && written.operation == moved.operation && written.pass == moved.pass)
        #expect(try errorCode { try store.write { _ = try $0.update(moved) } } == .conflict)

        var ended = written
        let end = ContractFixture.start.advanced(bySeconds: 60)
        ended.operation.finish(.failed, left: 1, report: [1: 1, 2: 3], at: end)
        _ = try store.write { try $0.update(ended) }
        #expect(try read(store, "a")?.operation == ended.operation)
        #expect(ended.operation.total == 4 && ended.operation.failed == 1)
        #expect(try store.read { try $0.runningOperations(in: partition) } == [second])
    }

    private static func tampered(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try store.write { try $0.insert(operation("a")) }
        let columns = [
            "kind", "partition_name", "subject", "subject_name", "target_version", "state", "done", "failed", "total",
            "started", "finished", "report", "pass_claimed", "pass_moved", "pass_refused", "cursor_version",
            "cursor_instance", "cursor_identifier", "revision", "mac",
        ]
        let tampering = Tampering(engine: try database.openEngine())
        try tampering.alterEach(columns, of: "operations", where: "identifier = 'a'") {
            try errorCode { _ = try read(store, "a") } == .recordCorrupted
        }
    }

    private static func order(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try store.write { transaction in
            for (name, instance) in [
                ("b", ContractFixture.instance), ("a", ContractFixture.otherInstance), ("c", ContractFixture.instance),
                ("d", ContractFixture.instance),
            ] {
                try transaction.insert(ContractFixture.object(name, in: instance))
            }
        }
        let current = try #require(try store.object(ContractFixture.key("d")))
        _ = try store.write { try $0.rewrap(current, to: material(version: 3)) }
        let second = try #require(try store.object(ContractFixture.key("b")))
        _ = try store.write { try $0.rewrap(second, to: material(version: 2)) }
        func find(behind position: StoredOperation.Position?, limit: Int) throws -> [StoredOperation.Position] {
            try store.read {
                try $0.objects(under: rootKey, before: 3, behind: position, limit: limit).map { entry in
                    let object = try entry.object.get()
                    #expect(ObjectKey(object) == entry.position.key)
                    #expect(object.material?.rootKeyVersion == entry.position.version)
                    return entry.position
                }
            }
        }
        let all = try find(behind: nil, limit: 9)
        #expect(all.map(\.key.identifier.text) == ["c", "a", "b"] && all.map(\.version) == [1, 1, 2])
        #expect(try find(behind: nil, limit: 2) == Array(all.prefix(2)))
        for (number, position) in all.enumerated() {
            #expect(try find(behind: position, limit: 9) == Array(all.dropFirst(number + 1)))
        }
        #expect(try store.read { try $0.objectCount(under: rootKey, before: 3) } == 3)
        for (version, isNeeded) in [(0, false), (1, true), (2, true), (3, true), (4, false)] {
            let found = try store.read { try $0.hasObjects(under: rootKey, version: version) }
            #expect(found == isNeeded, "version \(version)")
        }
        try Tampering(engine: try database.openEngine()).run(
            "UPDATE managed_objects SET length = 1 WHERE unique_identifier = 'a'"
        )
        let found = try store.read { try $0.objects(under: rootKey, before: 3, behind: nil, limit: 9) }
        #expect(found.map { (try? $0.object.get()) == nil } == [false, true, false])
    }

    private static func material(version: Int, byte: UInt8 = 0x77) -> WrappedKeyMaterial {
        WrappedKeyMaterial(
            blob: [UInt8](repeating: byte, count: 40),
            trueLength: 32,
            rootKey: rootKey,
            rootKeyVersion: version
        )
    }

    private static func rewrap(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let written = try ContractFixture.object(
            "a",
            attributes: [ContractFixture.name("vm"), ContractFixture.custom("x-host", "esx1")]
        )
        try store.write { try $0.insert(written) }
        let key = ContractFixture.key("a")
        let before = try #require(try store.object(key))
        #expect(try store.write { try $0.rewrap(before, to: material(version: 2)) })
        var expected = before
        expected.material = material(version: 2)
        expected.revision = before.revision + 1
        #expect(try store.object(key) == expected)
        // It was read before that.
        #expect(try !store.write { try $0.rewrap(before, to: material(version: 3)) })
        #expect(try errorCode { _ = try store.write { try $0.update(before, previousRevision: 0) } } == .conflict)
        #expect(try store.object(key) == expected)
        let other = try ContractFixture.object("none")
        #expect(try !store.write { try $0.rewrap(other, to: material(version: 2)) })
    }

    private static func counts(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try store.write { transaction in
            for name in ["a", "b", "c"] { try transaction.insert(ContractFixture.object(name)) }
            try transaction.insert(ContractFixture.object("a", in: ContractFixture.otherInstance))
        }
        let moved = try #require(try store.object(ContractFixture.key("c")))
        _ = try store.write { try $0.rewrap(moved, to: material(version: 2)) }
        let expected = [
            1: [ContractFixture.instance: 2, ContractFixture.otherInstance: 1], 2: [ContractFixture.instance: 1],
        ]
        #expect(try store.read { try $0.objectCounts(under: rootKey) } == expected)
        #expect(try store.read { try $0.objectCounts(under: RootKeyIdentifier("none")) } == [:])
    }

    private static func generation(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try store.write { try $0.requireAuthority(at: 0) }
        _ = try store.write { try $0.changeAuthority(from: Authority(generation: 0), to: AuthorityFixture.authority()) }
        try store.write { try $0.requireAuthority(at: 1) }
        for generation in [UInt64(0), 2] {
            #expect(try errorCode { try store.write { try $0.requireAuthority(at: generation) } } == .conflict)
        }
    }
}
