import KeyStorageContract
import Testing

/// The promises that the key store keeps on every engine, kept on SQLite.
@Suite struct SQLiteContractTests {
    @Test(arguments: ContractCase.all)
    func keeps(_ promise: ContractCase) throws {
        try promise.run(TemporaryDatabase())
    }

    @Test func thereAreCases() {
        #expect(ContractCase.all.count > 30)
    }
}
