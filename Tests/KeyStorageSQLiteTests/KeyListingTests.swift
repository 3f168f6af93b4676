import KeyModel
import KeyStorageContract
import KeyStorageSQLite
import Testing

@testable import KeyStorage

/// Lists of keys on SQLite, with 100,000 of them: which index each statement goes by, and that no part takes long.
@Suite struct KeyListingTests {
    private static let count = 100_000

    /// One authentic key, and 100,000 made of it with SQL, which are as much work to find, read and check.
    private func filled() throws -> (store: KeyStore, engine: SQLiteEngine, database: TemporaryDatabase) {
        let database = try TemporaryDatabase()
        let store = try ContractFixture.store(database)
        var object = try ContractFixture.object(
            "oldest",
            attributes: [
                ContractFixture.custom("x-Name", "vm-0"), ContractFixture.custom("x-Component", "Virtual Machine"),
            ]
        )
        object.state = .active
        try store.write { try $0.insert(object) }
        let engine = try SQLiteEngine(path: database.path)
        let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.count))"
        let columns = (ObjectRow.contentColumns + ["mac"]).filter { $0 != "initial_date" && $0 != "state" }
            .joined(separator: ", ")
        try engine.write { transaction in
            try transaction.execute(
                """
                \(numbers) INSERT INTO managed_objects (instance, unique_identifier, initial_date, state, \(columns)) \
                SELECT instance, 'k-' || i, initial_date + i, CASE WHEN i % 1000 = 0 THEN 3 ELSE 2 END, \(columns) \
                FROM n CROSS JOIN managed_objects
                """,
                []
            )
            try transaction.execute(
                """
                \(numbers) INSERT INTO object_attributes SELECT instance, 'k-' || i, name, attribute_index, value, \
                CASE WHEN name = x'782D4E616D65' THEN CAST(i AS BLOB) ELSE match_digest END \
                FROM n CROSS JOIN object_attributes
                """,
                []
            )
        }
        return (store, engine, database)
    }

    private func search(_ change: (inout KeySearch) -> Void) -> KeySearch {
        var search = KeySearch()
        change(&search)
        return search
    }

    private static let place = KeySearch.Position(
        created: ContractFixture.start.advanced(bySeconds: 50_000),
        identifier: UniqueIdentifier("k-5")
    )

    /// What SQLite says that it will do.
    private func plans(_ search: KeySearch, _ engine: SQLiteEngine, leading: [UInt8]? = nil) throws -> [String] {
        let plan = KeyWalkPlan(search, in: ContractFixture.instance, at: ContractFixture.start, leading: leading)
        return try plan.walks.map { walk in
            let rows = try engine.read { try $0.rows("EXPLAIN QUERY PLAN " + walk.statement, walk.parameters) }
            return rows.compactMap { if case .text(let text)? = $0.last { text } else { nil } }.joined(separator: "; ")
        }
    }

    @Test func everyListGoesByAnIndex() throws {
        let database = try TemporaryDatabase()
        _ = try ContractFixture.store(database)
        let engine = try SQLiteEngine(path: database.path)
        let byDate = ("COVERING INDEX managed_objects_by_date", false)
        let byState = ("INDEX managed_objects_by_state", false)
        // Only where few are expected is there anything to sort: no date, or one that has passed.
        let undated = [byDate, ("COVERING INDEX managed_objects_by_date", true)]
        let begun = ("INDEX managed_objects_by_activation", true)
        let over = ("INDEX managed_objects_by_deactivation", true)
        let moment = ContractFixture.start
        let cases: [(KeySearch, [(String, Bool)])] = [
            (search { _ in }, [byDate] + undated), (search { $0.after = Self.place }, [byDate] + undated),
            (search { ($0.createdBefore, $0.after) = (moment, Self.place) }, [byDate]),
            (search { $0.retrieval = .notSince(moment) }, [("INDEX managed_objects_by_date", false)]),
            (search { $0.states = [.active] }, [byState, begun]),
            (search { ($0.states, $0.after) = ([.deactivated], Self.place) }, [byState, over, begun]),
            (search { $0.states = [.destroyed] }, [byState]),
            (
                search { ($0.identifierPrefix, $0.after) = ("k-1", Self.place) },
                [("INDEX sqlite_autoindex_managed_objects_1", false)]
            ),
        ]
        for (search, expected) in cases {
            let plans = try plans(search, engine)
            #expect(plans.count == expected.count)
            for (plan, (index, sorts)) in zip(plans, expected) {
                #expect(plan.hasPrefix("SEARCH r USING ") && plan.contains(index), "\(search): \(plan)")
                #expect(plan.contains("TEMP B-TREE") == sorts, "\(search): \(plan)")
            }
        }
        let led = try plans(search { _ in }, engine, leading: [1])
        #expect(led.first?.contains("INDEX object_attributes_by_value (instance=? AND match_digest=?)") == true)
        #expect(led.first?.contains("SCAN r") == false, "\(led)")
        let history = try engine.read {
            try $0.rows(
                """
                EXPLAIN QUERY PLAN SELECT mac FROM audit_events WHERE object = ? AND instance = ? AND event_time <= ? \
                ORDER BY event_time DESC, chain, sequence DESC LIMIT ?
                """,
                [.text("a"), .text("b"), .integer(1), .integer(100)]
            )
        }
        let steps = history.compactMap { if case .text(let text)? = $0.last { text } else { nil } }
        #expect(
            steps.first?.contains("audit_events USING INDEX audit_events_by_object (object=? AND event_time<?)") == true
        )
    }

    @Test func aHundredThousandKeysAreListedPartByPart() throws {
        let (store, _, database) = try filled()
        defer { withExtendedLifetime(database) {} }
        let name = ContractFixture.custom("x-Name", "vm-0")
        let component = ContractFixture.custom("x-Component", "Virtual Machine")
        let cases: [(String, KeySearch)] = [
            ("newest", search { _ in }), ("middle", search { $0.after = Self.place }),
            ("deactivated", search { $0.states = [.deactivated] }), ("active", search { $0.states = [.active] }),
            ("by name", search { $0.attributes = [name] }), ("by kind", search { $0.attributes = [component] }),
            ("never retrieved", search { $0.retrieval = .never }),
            (
                "nothing",
                search {
                    $0.retrieval = .notSince(Timestamp(secondsSince1970: 0))
                    $0.states = [.compromised]
                }
            ),
            ("prefix", search { $0.identifierPrefix = "k-99" }),
        ]
        for (title, search) in cases {
            let begin = ContinuousClock.now
            let part = try store.read { try $0.keys(search, in: ContractFixture.instance, at: ContractFixture.start) }
            let elapsed = begin.duration(to: .now)
            // Far above what it takes, and far below what it would without an index, or without bounds.
            #expect(elapsed < .seconds(2), "\(title): \(part.keys.count) keys")
        }
        let found = try store.read {
            try $0.keys(search { $0.attributes = [name] }, in: ContractFixture.instance, at: ContractFixture.start)
        }
        #expect(found.keys.count == 1 && found.next == nil)
        // From one end to the other.
        var (all, parts) = (Set<KeyEntry>(), 0)
        var whole = search { _ in }
        repeat {
            let part = try store.read { try $0.keys(whole, in: ContractFixture.instance, at: ContractFixture.start) }
            all.formUnion(part.keys)
            whole.after = part.next
            parts += 1
        } while whole.after != nil && parts < 1_000
        #expect(all.count == Self.count + 1 && parts == 201)
    }
}
