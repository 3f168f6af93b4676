import KeyModel
import KeyStorage
import Testing

/// The outcomes of jobs, by which a job that is delivered twice is done once.
enum OutcomeContract {
    static let cases = [
        ContractCase("an outcome is kept once", keptOnce),
        ContractCase("attempts are counted, and an outcome ends them", attempts),
        ContractCase("the same message with another request is refused", otherRequest),
        ContractCase("expired outcomes are removed", expiry),
        ContractCase("an altered outcome is found", tampered),
    ]

    private static let hash = [UInt8](repeating: 0x11, count: 32)
    private static let later = ContractFixture.start.advanced(bySeconds: 60)

    private static func key(_ byte: UInt8) throws -> OutcomeKey {
        OutcomeKey(sender: try ContractFixture.fingerprint(1), messageID: [UInt8](repeating: byte, count: 16))
    }

    private static func stored(_ store: KeyStore, _ key: OutcomeKey) throws -> StoredOutcome? {
        try store.read { try $0.outcomes([key])[key]?.get() }
    }

    private static func save(_ store: KeyStore, _ key: OutcomeKey, _ outcome: [UInt8], hash: [UInt8] = hash) throws {
        try store.write { try $0.saveOutcome(key, requestHash: hash, outcome: outcome, expiry: later) }
    }

    private static func keptOnce(_ database: any ContractDatabase) throws {
        let one = try ContractFixture.store(database)
        let two = try ContractFixture.store(database)
        let key = try key(1)
        #expect(try stored(one, key) == nil)
        try save(one, key, [1, 2, 3])
        let expected = StoredOutcome(requestHash: hash, attempts: 1, outcome: [1, 2, 3], expiry: later)
        #expect(try stored(two, key) == expected)
        #expect(try errorCode { try save(two, key, [4]) } == .conflict)
        #expect(try stored(two, key) == expected)
    }

    private static func attempts(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let key = try key(1)
        for number in 1...3 {
            #expect(try store.write { try $0.countAttempt(key, requestHash: hash, expiry: later) } == number)
        }
        #expect(
            try stored(store, key) == StoredOutcome(requestHash: hash, attempts: 3, outcome: nil, expiry: later)
        )
        try save(store, key, [9])
        #expect(try stored(store, key)?.attempts == 3)
        #expect(try stored(store, key)?.outcome == [9])
        let code = try errorCode {
            _ = try store.write { try $0.countAttempt(key, requestHash: hash, expiry: later) }
        }
        #expect(code == .conflict)
    }

    private static func otherRequest(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let key = try key(1)
        let other = [UInt8](repeating: 0x22, count: 32)
        _ = try store.write { try $0.countAttempt(key, requestHash: hash, expiry: later) }
        #expect(try errorCode { try save(store, key, [1], hash: other) } == .conflict)
        let code = try errorCode {
            _ = try store.write { try $0.countAttempt(key, requestHash: other, expiry: later) }
        }
        #expect(code == .conflict)
    }

    private static func expiry(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        try save(store, try key(1), [1])
        #expect(try store.write { try $0.removeExpiredOutcomes(before: later) } == 0)
        #expect(try store.write { try $0.removeExpiredOutcomes(before: later.advanced(bySeconds: 1)) } == 1)
        #expect(try stored(store, try key(1)) == nil)
    }

    private static func tampered(_ database: any ContractDatabase) throws {
        let store = try ContractFixture.store(database)
        let key = try key(1)
        try save(store, key, [1])
        try save(store, try OutcomeContract.key(2), [2])
        let columns = ["request_hash", "attempts", "outcome", "expiry", "mac"]
        let byKey = "message_id = (SELECT MIN(message_id) FROM job_outcomes)"
        #expect(try stored(store, key)?.outcome == [1])
        try Tampering(engine: database.openEngine()).alterEach(columns, of: "job_outcomes", where: byKey) {
            try errorCode { _ = try stored(store, key) } == .recordCorrupted
        }
        #expect(try stored(store, try OutcomeContract.key(2))?.outcome == [2])
    }
}
