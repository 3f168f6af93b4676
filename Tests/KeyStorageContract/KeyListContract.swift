import KeyModel
import KeyStorage
import Testing

/// What operators find of an instance's keys.
enum KeyListContract {
    static let cases = [
        ContractCase("keys come newest first, part by part, each once", pages),
        ContractCase("keys are found by identifier, attributes, state, age and retrieval", finds),
        ContractCase("dates that have passed count for the state", effectiveStates),
        ContractCase("parts end before they are too large", largeKeys),
        ContractCase("where no index leads, a part looks at so many keys and the next goes on", boundedSearch),
        ContractCase("an altered key is listed as corrupted and spoils no other", corrupted),
    ]

    static func search(_ change: (inout KeySearch) -> Void = { _ in }) -> KeySearch {
        var search = KeySearch()
        change(&search)
        return search
    }

    static func part(
        _ store: KeyStore,
        _ search: KeySearch,
        at now: Timestamp = ContractFixture.start
    ) throws -> KeyList {
        try store.read { try $0.keys(search, in: ContractFixture.instance, at: now) }
    }

    /// Of all parts, in order.
    static func all(
        _ store: KeyStore,
        _ search: KeySearch,
        at now: Timestamp = ContractFixture.start
    ) throws -> (keys: [String], parts: Int) {
        var (search, found, parts) = (search, [String](), 0)
        while true {
            let part = try part(store, search, at: now)
            parts += 1
            #expect(part.keys.count <= search.limit)
            found += part.keys.map(\.identifier)
            guard let next = part.next else { return (found, parts) }
            guard next != search.after, parts < 1_000 else {
                Issue.record("the parts do not end")
                return (found, parts)
            }
            search.after = next
        }
    }

    private static func pages(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        // Three of each second.
        let expected = (0..<21).map { number in (number / 3, "key-\(number % 3)-\(number)") }
            .sorted { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 > $1.0 }
        try store.write { transaction in
            for (second, identifier) in expected.shuffled() {
                let time = ContractFixture.start.advanced(bySeconds: Int64(second))
                try transaction.insert(ContractFixture.object(identifier, createdAt: time))
            }
            try transaction.insert(ContractFixture.object("another's", in: ContractFixture.otherInstance))
        }
        for limit in [1, 2, 7, 20, 21, 22, 500] {
            let (keys, parts) = try all(store, search { $0.limit = limit })
            #expect(keys == expected.map(\.1))
            #expect(parts == (21 + limit - 1) / limit)
        }
        let byIdentifier = try all(store, search { ($0.identifierPrefix, $0.limit) = ("key-", 4) })
        #expect(byIdentifier.keys == expected.map(\.1).sorted())
        // Whatever is asked for, there is one key in a part, and no more than the most.
        #expect(try part(store, search { $0.limit = 0 }).keys.count == 1)
    }

    private static func finds(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let custom = ContractFixture.custom
        let start = ContractFixture.start
        try store.write { transaction in
            for (number, name) in ["vm-1", "vm-2", "vm-1"].enumerated() {
                var object = try ContractFixture.object(
                    "k\(number)",
                    attributes: [custom("x-Name", name), custom("x-Component", "Virtual Machine")],
                    createdAt: start.advanced(bySeconds: Int64(number) * 100)
                )
                if number == 2 { object.state = .compromised }
                try transaction.insert(object)
            }
            try transaction.markRetrieved([ContractFixture.key("k0")], at: start.advanced(bySeconds: 500))
            try transaction.markRetrieved([ContractFixture.key("k1")], at: start.advanced(bySeconds: 600))
        }
        func found(_ change: (inout KeySearch) -> Void) throws -> [String] { try all(store, search(change)).keys }
        #expect(try found { $0.attributes = [custom("x-Name", "vm-1")] } == ["k2", "k0"])
        let both = [custom("x-Component", "Virtual Machine"), custom("x-Name", "vm-2")]
        #expect(try found { $0.attributes = both } == ["k1"])
        #expect(try found { $0.attributes = [custom("x-Name", "VM-1")] } == [])
        #expect(try found { $0.identifierPrefix = "k1" } == ["k1"])
        #expect(try found { ($0.identifierPrefix, $0.states) = ("k", [.compromised]) } == ["k2"])
        #expect(try found { $0.identifierPrefix = "x" } == [])
        #expect(try found { $0.identifierPrefix = "k\u{0}" } == [])
        #expect(try found { $0.states = [.compromised] } == ["k2"])
        #expect(try found { $0.states = [.compromised, .preActive] } == ["k2", "k1", "k0"])
        #expect(try found { $0.states = [.destroyed] } == [])
        #expect(try found { $0.createdFrom = start.advanced(bySeconds: 100) } == ["k2", "k1"])
        #expect(try found { $0.createdBefore = start.advanced(bySeconds: 100) } == ["k0"])
        #expect(try found { $0.retrieval = .never } == ["k2"])
        #expect(try found { $0.retrieval = .notSince(start.advanced(bySeconds: 600)) } == ["k2", "k0"])
        let combined = try found {
            $0.attributes = [custom("x-Name", "vm-1")]
            $0.states = [.preActive]
            $0.retrieval = .notSince(start.advanced(bySeconds: 501))
            $0.createdBefore = start.advanced(bySeconds: 1)
        }
        #expect(combined == ["k0"])
        let entries = try part(store, search { $0.identifierPrefix = "k0" }).keys
        guard case .key(let key)? = entries.first else {
            Issue.record("no key in \(entries)")
            return
        }
        #expect(key.dates.lastRetrieved == start.advanced(bySeconds: 500))
    }

    private static func effectiveStates(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let start = ContractFixture.start
        func date(_ name: AttributeName, _ seconds: Int64) -> Attribute {
            Attribute(name: name, value: .dateTime(start.advanced(bySeconds: seconds)))
        }
        try store.write { transaction in
            try transaction.insert(ContractFixture.object("plain"))
            try transaction.insert(ContractFixture.object("later", attributes: [date(.activationDate, 50)]))
            try transaction.insert(
                ContractFixture.object("ends", attributes: [date(.activationDate, 0), date(.deactivationDate, 80)])
            )
            try transaction.insert(
                ContractFixture.object("both", attributes: [date(.activationDate, 50), date(.deactivationDate, 60)])
            )
        }
        let cases: [(Int64, [ObjectState: [String]])] = [
            (10, [.preActive: ["both", "later", "plain"], .active: ["ends"], .deactivated: []]),
            (55, [.preActive: ["plain"], .active: ["both", "ends", "later"], .deactivated: []]),
            (70, [.preActive: ["plain"], .active: ["ends", "later"], .deactivated: ["both"]]),
            (90, [.preActive: ["plain"], .active: ["later"], .deactivated: ["both", "ends"]]),
        ]
        for (seconds, expected) in cases {
            let now = start.advanced(bySeconds: seconds)
            for (state, keys) in expected {
                #expect(try all(store, search { $0.states = [state] }, at: now).keys == keys, "\(state) at \(seconds)")
                // The same where another index leads.
                let prefixed = try keys.flatMap { key in
                    try all(store, search { ($0.identifierPrefix, $0.states) = (key, [state]) }, at: now).keys
                }
                #expect(prefixed == keys)
            }
            let together = search { ($0.states, $0.limit) = ([.active, .deactivated], 1) }
            let wanted = ((expected[.active] ?? []) + (expected[.deactivated] ?? [])).sorted()
            #expect(try all(store, together, at: now).keys == wanted)
        }
    }

    private static func largeKeys(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let text = String(repeating: "x", count: 8_000)
        let attributes = (0..<20).map { ContractFixture.custom("x-\($0)", text) }
        try store.write { transaction in
            for number in 0..<20 {
                try transaction.insert(ContractFixture.object("key-\(10 + number)", attributes: attributes))
            }
        }
        let (keys, parts) = try all(store, search())
        #expect(keys == (10..<30).map { "key-\($0)" })
        // 160,000 bytes each, a mebibyte a part.
        #expect(parts == 4)
    }

    private static func boundedSearch(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let tampering = Tampering(engine: try database.openEngine())
        try store.write { try $0.insert(ContractFixture.object("oldest")) }
        // Made with SQL, and so not authentic: what is looked for is told apart by what no MAC covers.
        let columns = """
            instance, object_type, algorithm, length, usage_mask, digest, state, revision, mac, last_retrieved
            """
        try tampering.run(
            """
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) \
            INSERT INTO managed_objects (unique_identifier, initial_date, \(columns)) \
            SELECT 'forged-' || CAST(i AS TEXT), 1790000000 + i, \
            instance, object_type, algorithm, length, usage_mask, digest, state, revision, mac, 1 \
            FROM n CROSS JOIN managed_objects
            """
        )
        let (keys, parts) = try all(store, search { $0.retrieval = .never })
        #expect(keys == ["oldest"])
        #expect(parts == 3)
        let first = try part(store, search { $0.retrieval = .never })
        #expect(first.keys.isEmpty && first.next?.created.secondsSince1970 == 1_790_015_001)
    }

    private static func corrupted(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let name = ContractFixture.custom("x-Name", "vm-1")
        try store.write { transaction in
            for identifier in ["a", "b", "c", "d"] {
                try transaction.insert(ContractFixture.object(identifier, attributes: [name]))
            }
        }
        let tampering = Tampering(engine: try database.openEngine())
        try tampering.run("UPDATE managed_objects SET state = 2 WHERE unique_identifier = 'b'")
        try tampering.run("UPDATE managed_objects SET initial_date = NULL WHERE unique_identifier = 'a'")
        func described(_ list: KeyList) -> [String] {
            list.keys.map { if case .key = $0 { $0.identifier } else { "\($0.identifier), corrupted" } }
        }
        #expect(described(try part(store, search())) == ["b, corrupted", "c", "d", "a, corrupted"])
        #expect(try all(store, search { $0.limit = 1 }).keys == ["b", "c", "d", "a"])
        #expect(described(try part(store, search { $0.states = [.active] })) == ["b, corrupted"])
        #expect(described(try part(store, search { $0.attributes = [name] })) == ["b, corrupted", "c", "d"])
        // What finds a key is not authenticated: it can hide one, and what it offers is looked at.
        try store.write { transaction in
            try transaction.insert(
                ContractFixture.object("e", attributes: [ContractFixture.custom("x-Name", "vm-2")])
            )
        }
        try tampering.run(
            """
            UPDATE object_attributes SET match_digest = (SELECT match_digest FROM object_attributes \
            WHERE unique_identifier = 'd') WHERE unique_identifier = 'e'
            """
        )
        try tampering.run("UPDATE object_attributes SET match_digest = ? WHERE unique_identifier = 'c'", [.blob([7])])
        #expect(described(try part(store, search { $0.attributes = [name] })) == ["b, corrupted", "d"])
        #expect(described(try part(store, search { $0.identifierPrefix = "c" })) == ["c"])
    }
}

extension KeyEntry {
    var identifier: String {
        switch self {
        case .key(let key): key.identifier.text
        case .corrupted(let identifier): identifier.text
        }
    }
}
