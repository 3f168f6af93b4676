import KeyModel
import KeyStorageContract
import KeyStorageSQLite
import Testing

@testable import KeyStorage

@Suite struct AuthorityStateTests {
    /// Before schema version 8 there was one generation, and every change raised the token's anchor to it.
    @Test func aStateOfAnEarlierVersionIsAnchoredAtItsGeneration() throws {
        let database = try TemporaryDatabase()
        let store = try ContractFixture.store(database)
        let values: [StoreValue] = [.integer(1), .integer(7), .blob(AuthorityState.setDigest(macs: []))]
        let mac = try RecordAuthenticator(key: ContractFixture.recordKey()).mac(.authorityState, values)
        try database.openEngine().write { transaction in
            _ = try transaction.execute(
                "INSERT INTO authority_state (id, generation, set_digest, mac) VALUES (?, ?, ?, ?)",
                values + [.blob(mac)]
            )
        }
        let found = try store.read { try $0.authority() }
        #expect(found == Authority(generation: 7) && found.anchoredGeneration == 7)
        let changed = try store.write { try $0.changeAuthority(from: found, to: found, above: 7) }
        #expect(try store.read { try $0.authority() } == changed)
        #expect(changed.generation == 8 && changed.anchoredGeneration == 8)
    }
}
