import KeyModel
import KeyStorage
import Testing

/// Orders to revoke keys, with what is left of them.
enum RevocationContract {
    static let cases = [
        ContractCase("an order is kept with its keys, which are taken off it one by one", orders),
        ContractCase("an altered order to revoke keys is found", tampering),
    ]

    private static func order(_ name: String, message: String? = "gone") throws -> RevocationOrder {
        RevocationOrder(
            operation: OperationIdentifier(name),
            instance: ContractFixture.instance,
            reason: RevocationReason(code: .superseded, message: message),
            notRetrievedSince: message == nil ? nil : ContractFixture.start,
            orderedBy: try ContractFixture.fingerprint(1),
            requestID: "0123",
            address: "192.0.2.1"
        )
    }

    private static func orders(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let (one, two) = (try order("a"), try order("b", message: nil))
        let keys = ["k-2", "k-1", "k-3"].map { UniqueIdentifier($0) }
        try store.write { transaction in
            try transaction.insert(one, of: keys)
            try transaction.insert(two, of: [keys[0]])
        }
        #expect(try store.read { try $0.revocation(one.operation) } == one)
        #expect(try store.read { try $0.revocation(two.operation) } == two)
        #expect(try store.read { try $0.revocation(OperationIdentifier("c")) } == nil)
        func left(_ limit: Int = 9) throws -> [String] {
            try store.read { try $0.keysToRevoke(of: one.operation, limit: limit) }.map(\.text)
        }
        #expect(try left() == ["k-1", "k-2", "k-3"] && left(2) == ["k-1", "k-2"])
        try store.write { try $0.deleteKeyToRevoke(keys[0], of: one.operation) }
        #expect(try left() == ["k-1", "k-3"])
        #expect(try store.read { try $0.keysToRevoke(of: two.operation, limit: 9) } == [keys[0]])
    }

    private static func tampering(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let one = try order("a")
        try store.write { try $0.insert(one, of: [UniqueIdentifier("k-1")]) }
        let tampering = Tampering(engine: try database.openEngine())
        // Under another operation's name it is not this one's any more; there it is found.
        let names = [one.operation, OperationIdentifier("ax"), OperationIdentifier("")]
        func isFound(_ read: (ReadTransaction, OperationIdentifier) throws -> Void) throws -> Bool {
            try names.contains { name in
                try errorCode { try store.read { try read($0, name) } } == .recordCorrupted
            }
        }
        try tampering.alterEach(
            [
                "operation", "instance", "reason", "message", "not_retrieved_since", "requester", "request_id",
                "address",
                "mac",
            ],
            of: "key_revocations",
            where: "1 = 1"
        ) { try isFound { _ = try $0.revocation($1) } }
        try tampering.alterEach(["operation", "unique_identifier", "mac"], of: "key_revocation_keys", where: "1 = 1") {
            try isFound { _ = try $0.keysToRevoke(of: $1, limit: 9) }
        }
    }
}
