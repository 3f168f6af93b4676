import Testing

@testable import KeyStorage

@Suite struct SchemaMigrationTests {
    @Test func migrationsAreNumberedWithoutGaps() {
        #expect(SchemaMigration.all.map(\.number) == Array(1...SchemaMigration.all.count))
        #expect(SchemaMigration.all.allSatisfy { !$0.script.isEmpty })
    }

    @Test func theSchemaHasEveryTable() throws {
        let script = SchemaMigration.all.map(\.script).joined()
        for table in StoreTable.allCases where table != .schemaVersion {
            #expect(script.contains("CREATE TABLE \(table.rawValue) ("), "\(table.rawValue)")
        }
    }

    @Test func anErrorSaysWhereAndNoValue() {
        let error = StoreError(.recordCorrupted, table: .instances, key: "instance-1", cause: "mac")
        #expect(error.description == "key store: record corrupted, table instances, key instance-1 (mac)")
        #expect(StoreError(.unavailable).description == "key store: unavailable")
    }
}
