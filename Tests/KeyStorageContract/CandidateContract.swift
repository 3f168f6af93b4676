import KeyModel
import KeyStorage
import Testing

/// What the database finds for Locate.
enum CandidateContract {
    static let cases = [
        ContractCase("candidates are narrowed by name, attribute, identifier, type, length and state", narrows),
        ContractCase("candidates come newest first, and no more than the limit", ordersAndLimits),
        ContractCase("candidates keep what time will have moved into the state", keepsWhatTimeMoves),
        ContractCase("candidates are not narrowed by a range of dates", dateRanges),
        ContractCase("a corrupted candidate is told apart and spoils no other", corrupted),
    ]

    private static func find(_ store: KeyStore, _ attributes: [Attribute], limit: Int = 100) throws -> [String] {
        let filter = ObjectFilter(attributes: attributes)
        let found = try store.read { try $0.candidates(for: filter, in: ContractFixture.instance, limit: limit) }
        return found.objects.map(\.identifier.text)
    }

    private static func narrows(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let (name, custom) = (ContractFixture.name, ContractFixture.custom)
        try store.write { transaction in
            try transaction.insert(ContractFixture.object("a", attributes: [name("vm-1"), custom("x-host", "esx1")]))
            try transaction.insert(ContractFixture.object("b", attributes: [name("vm-2"), custom("x-host", "esx1")]))
            try transaction.insert(
                ContractFixture.object("c", in: ContractFixture.otherInstance, attributes: [name("vm-1")])
            )
        }
        #expect(try find(store, []) == ["a", "b"])
        #expect(try find(store, [name("vm-1")]) == ["a"])
        #expect(try find(store, [custom("x-host", "esx1")]) == ["a", "b"])
        #expect(try find(store, [custom("x-host", "esx1"), name("vm-2")]) == ["b"])
        #expect(try find(store, [custom("x-host", "esx2")]) == [])
        #expect(try find(store, [custom("x-vm", "esx1")]) == [])
        #expect(try find(store, [Attribute(name: .uniqueIdentifier, value: .text("b"))]) == ["b"])
        #expect(try find(store, [Attribute(name: .uniqueIdentifier, value: .text("c"))]) == [])
        #expect(try find(store, [Attribute(name: .uniqueIdentifier, value: .text("b\u{0}"))]) == [])
        #expect(try find(store, [Attribute(name: .objectType, value: .enumeration(2))]) == ["a", "b"])
        #expect(try find(store, [Attribute(name: .objectType, value: .enumeration(8))]) == [])
        #expect(try find(store, [Attribute(name: .cryptographicLength, value: .integer(128))]) == [])
        #expect(try find(store, [Attribute(name: .cryptographicAlgorithm, value: .enumeration(3))]) == ["a", "b"])
        #expect(try find(store, [Attribute(name: .state, value: .enumeration(1))]) == ["a", "b"])
        #expect(try find(store, [Attribute(name: .state, value: .enumeration(5))]) == [])
        #expect(try find(store, [Attribute(name: .state, value: .enumeration(99))]) == [])
    }

    private static func ordersAndLimits(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try store.write { transaction in
            for number in 0..<5 {
                let time = ContractFixture.start.advanced(bySeconds: Int64(number))
                try transaction.insert(ContractFixture.object("key-\(number)", createdAt: time))
            }
        }
        let filter = ObjectFilter(attributes: [])
        let some = try store.read { try $0.candidates(for: filter, in: ContractFixture.instance, limit: 3) }
        #expect(some.objects.map(\.identifier.text) == ["key-4", "key-3", "key-2"])
        #expect(some.isTruncated)
        let all = try store.read { try $0.candidates(for: filter, in: ContractFixture.instance, limit: 5) }
        #expect(all.objects.count == 5)
        #expect(!all.isTruncated)
    }

    private static func keepsWhatTimeMoves(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let tomorrow = ContractFixture.start.advanced(bySeconds: 86_400)
        let object = try ContractFixture.object(
            "a",
            attributes: [Attribute(name: .activationDate, value: .dateTime(tomorrow))]
        )
        try store.write { try $0.insert(object) }
        for state in [ObjectState.preActive, .active, .deactivated] {
            #expect(try find(store, [Attribute(name: .state, value: .enumeration(state.rawValue))]) == ["a"])
        }
        #expect(try find(store, [Attribute(name: .state, value: .enumeration(4))]) == [])
    }

    private static func dateRanges(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        func date(_ seconds: Int64) -> Attribute {
            Attribute(name: AttributeName("x-date"), value: .dateTime(Timestamp(secondsSince1970: seconds)))
        }
        try store.write { try $0.insert(ContractFixture.object("a", attributes: [date(20)])) }
        #expect(try find(store, [date(10), date(30)]) == ["a"])
        #expect(try find(store, [date(20)]) == ["a"])
        #expect(try find(store, [date(10)]) == [])
        let initial = Attribute(name: .initialDate, value: .dateTime(ContractFixture.start))
        #expect(try find(store, [initial]) == ["a"])
    }

    private static func corrupted(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try store.write { transaction in
            try transaction.insert(ContractFixture.object("a"))
            try transaction.insert(ContractFixture.object("b"))
        }
        let tampering = Tampering(engine: try database.openEngine())
        try tampering.run("UPDATE managed_objects SET usage_mask = 15 WHERE unique_identifier = 'a'")
        let found = try store.read {
            try $0.candidates(for: ObjectFilter(attributes: []), in: ContractFixture.instance, limit: 10)
        }
        #expect(found.objects.map(\.identifier.text) == ["b"])
        #expect(found.corrupted == [ContractFixture.key("a")])
    }
}
