import KeyModel
import KeyStorage
import Testing

/// Managed objects: what is written is read, revisions, names, destruction.
enum ObjectContract {
    static let cases = [
        ContractCase("an object is read as it was written", readsWhatWasWritten),
        ContractCase("many objects are read at once", readsMany),
        ContractCase("of two writers of one revision one learns that it was late", revisions),
        ContractCase("an update changes attributes and nothing is left of the old ones", updatesAttributes),
        ContractCase("names of live objects are unique within the instance", names),
        ContractCase("an identifier is given once", identifiers),
        ContractCase("destroying deletes the material and gives the name back", destroys),
        ContractCase("retrievals are noted beside the record", retrievals),
        ContractCase("objects are counted by state", counts),
    ]

    private static let allValues: [AttributeValue] = [
        .integer(-5), .longInteger(.min), .bigInteger([0x80, 0]), .enumeration(.max), .boolean(true), .boolean(false),
        .text("Überfahrt \u{0} \u{1F6A2}"), .text(""), .bytes([]), .bytes([0, 255]),
        .dateTime(Timestamp(secondsSince1970: -1)), .interval(60),
        .structure([
            AttributeValue.Field(name: "420055", value: .structure([])),
            AttributeValue.Field(name: "Name Value", value: .text("x")),
        ]),
    ]

    private static func readsWhatWasWritten(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let custom = allValues.map { Attribute(name: AttributeName("x-every type"), value: $0) }
        var object = try ContractFixture.object("a", attributes: [ContractFixture.name("vm-1")] + custom)
        try object.activate(at: ContractFixture.start)
        try object.revoke(
            RevocationReason(code: .keyCompromise, message: "lost \u{0}"),
            occurrence: ContractFixture.start,
            at: ContractFixture.start.advanced(bySeconds: 5)
        )
        try store.write { try $0.insert(object) }
        let other = try ContractFixture.store(database)
        let key = ObjectKey(object)
        #expect(try other.object(key) == object.sortedByAttribute)
        #expect(try other.object(ContractFixture.key("a", in: ContractFixture.otherInstance)) == nil)
        #expect(try other.object(ContractFixture.key("b")) == nil)
        #expect(try other.object(ContractFixture.key("a\u{0}b")) == nil)
        #expect(try other.read { try $0.objects([]) }.isEmpty)
    }

    private static func readsMany(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let objects = try (0..<600).map {
            try ContractFixture.object("key-\($0)", attributes: [ContractFixture.name("name-\($0)")])
        }
        try store.write { transaction in
            for object in objects { try transaction.insert(object) }
        }
        let keys = objects.map { ObjectKey($0) } + [ContractFixture.key("unknown"), ObjectKey(objects[0])]
        let found = try store.read { try $0.objects(keys) }
        #expect(found.count == 600)
        for object in objects {
            #expect(try found[ObjectKey(object)]?.get() == object)
        }
    }

    private static func revisions(_ database: any ContractDatabase) throws {
        let one = try ContractFixture.store(database)
        let two = try ContractFixture.store(database)
        let object = try ContractFixture.object("a")
        try one.write { try $0.insert(object) }
        let key = ObjectKey(object)
        var first = try #require(try one.object(key))
        var second = try #require(try two.object(key))
        try first.activate(at: ContractFixture.start)
        try second.activate(at: ContractFixture.start.advanced(bySeconds: 1))
        let written = try one.write { try $0.update(first, previousRevision: first.revision) }
        #expect(written.revision == 1)
        #expect(try errorCode { _ = try two.write { try $0.update(second, previousRevision: 0) } } == .conflict)
        #expect(try two.object(key) == written)
        let unknown = try ContractFixture.object("unknown")
        #expect(try errorCode { _ = try two.write { try $0.update(unknown, previousRevision: 0) } } == .conflict)
    }

    private static func updatesAttributes(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let custom = ContractFixture.custom
        var object = try ContractFixture.object("a", attributes: [custom("x-keep", "1"), custom("x-change", "1")])
        object.attributes.append(custom("x-remove", "1"))
        try store.write { try $0.insert(object) }
        object.attributes = [custom("x-keep", "1"), custom("x-change", "2"), custom("x-add", "1")]
        let updated = try store.write { try $0.update(object, previousRevision: 0) }
        #expect(try store.object(ObjectKey(object)) == updated.sortedByAttribute)
        let again = try store.write { try $0.update(updated, previousRevision: 1) }
        #expect(again.revision == 2)
        #expect(try store.object(ObjectKey(object)) == again.sortedByAttribute)
    }

    private static func names(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let name = ContractFixture.name
        var first = try ContractFixture.object("a", attributes: [name("vm-1"), name("vm-1 too")])
        let clash = try ContractFixture.object("b", attributes: [name("vm-2"), name("vm-1")])
        let elsewhere = try ContractFixture.object("b", in: ContractFixture.otherInstance, attributes: [name("vm-1")])
        try store.write { transaction in
            try transaction.insert(first)
            try transaction.insert(elsewhere)
            #expect(try errorCode { try transaction.insert(clash) } == .nameNotUnique)
        }
        #expect(try store.object(ObjectKey(clash)) == nil)
        // Nothing of the refused object is left: its other name is free.
        var second = try ContractFixture.object("b", attributes: [name("vm-2")])
        try store.write { try $0.insert(second) }
        second.attributes = [name("vm-1")]
        #expect(
            try errorCode { _ = try store.write { try $0.update(second, previousRevision: 0) } } == .nameNotUnique
        )
        #expect(try store.object(ObjectKey(second))?.attributes == [name("vm-2")])
        first.attributes = [name("vm-3")]
        try store.write { transaction in
            try transaction.update(first, previousRevision: 0)
            try transaction.update(second, previousRevision: 0)
        }
        #expect(try store.object(ObjectKey(second))?.attributes == [name("vm-1")])
    }

    private static func identifiers(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let object = try ContractFixture.object("a", attributes: [ContractFixture.name("one")])
        let again = try ContractFixture.object("a", attributes: [ContractFixture.name("two")], materialByte: 1)
        try store.write { try $0.insert(object) }
        #expect(try errorCode { try store.write { try $0.insert(again) } } == .alreadyExists)
        #expect(try store.object(ObjectKey(object)) == object)
    }

    private static func destroys(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        var object = try ContractFixture.object("a", attributes: [ContractFixture.name("vm-1")])
        try store.write { try $0.insert(object) }
        try object.destroy(at: ContractFixture.start)
        let destroyed = try store.write { try $0.update(object, previousRevision: 0) }
        #expect(try store.object(ObjectKey(object)) == destroyed)
        let tampering = Tampering(engine: try database.openEngine())
        let left = try tampering.rows(
            "SELECT wrapped_material, true_length, root_key, root_key_version FROM managed_objects"
        )
        #expect(left == [[.null, .null, .null, .null]])
        let successor = try ContractFixture.object("b", attributes: [ContractFixture.name("vm-1")])
        try store.write { try $0.insert(successor) }
        #expect(try store.object(ObjectKey(successor)) == successor)
    }

    private static func retrievals(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let object = try ContractFixture.object("a")
        let key = ObjectKey(object)
        try store.write { try $0.insert(object) }
        #expect(try store.read { try $0.lastRetrievals([key]) }.isEmpty)
        let later = ContractFixture.start.advanced(bySeconds: 10)
        try store.write { try $0.markRetrieved([key, ContractFixture.key("unknown")], at: later) }
        try store.write { try $0.markRetrieved([key], at: ContractFixture.start) }
        #expect(try store.read { try $0.lastRetrievals([key]) } == [key: later])
        #expect(try store.object(key) == object)
    }

    private static func counts(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        var active = try ContractFixture.object("c")
        try active.activate(at: ContractFixture.start)
        try store.write { transaction in
            try transaction.insert(ContractFixture.object("a"))
            try transaction.insert(ContractFixture.object("b"))
            try transaction.insert(active)
            try transaction.insert(ContractFixture.object("d", in: ContractFixture.otherInstance))
        }
        #expect(try store.read { try $0.objectCounts(in: ContractFixture.instance) } == [.preActive: 2, .active: 1])
    }
}
