/// The numbered files of `Schemas/database`, compiled in, and what applies them.
package struct SchemaMigration: Sendable {
    /// From 1, without gaps.
    package let number: Int
    let script: String

    /// Every migration, in order. A released file never changes: what comes later is a new file.
    package static let all = [
        SchemaMigration(number: 1, script: String(decoding: PackageResources.V0001_initial_sql, as: UTF8.self)),
        SchemaMigration(
            number: 2,
            script: String(decoding: PackageResources.V0002_client_certificates_sql, as: UTF8.self)
        ),
        SchemaMigration(
            number: 3,
            script: String(decoding: PackageResources.V0003_keys_of_operators_sql, as: UTF8.self)
        ),
        SchemaMigration(number: 4, script: String(decoding: PackageResources.V0004_operations_sql, as: UTF8.self)),
        SchemaMigration(
            number: 5,
            script: String(decoding: PackageResources.V0005_statement_nonces_sql, as: UTF8.self)
        ),
        SchemaMigration(
            number: 6,
            script: String(decoding: PackageResources.V0006_root_key_deletions_sql, as: UTF8.self)
        ),
        SchemaMigration(number: 7, script: String(decoding: PackageResources.V0007_removal_checks_sql, as: UTF8.self)),
        SchemaMigration(
            number: 8,
            script: String(decoding: PackageResources.V0008_anchored_generation_sql, as: UTF8.self)
        ),
        SchemaMigration(number: 9, script: String(decoding: PackageResources.V0009_key_revocations_sql, as: UTF8.self)),
    ]

    /// Brings the database up to the newest schema that this software knows.
    ///
    /// It all happens in one transaction, so that several processes may do it at once, and one that dies leaves the
    /// schema as it was.
    ///
    /// - Throws: `schemaTooNew` for a database of a newer version of this software.
    static func migrate(_ engine: any StoreEngine, to migrations: [SchemaMigration] = all) throws {
        let newest = migrations.last?.number ?? 0
        try engine.write { transaction in
            try transaction.execute("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)", [])
            let rows = try transaction.rows("SELECT MAX(version) FROM schema_version", [])
            var row = RowReader(.schemaVersion, rows.first ?? [], keyColumnCount: 0)
            let present = try row.optionalInteger().map { Int($0) } ?? 0
            guard present <= newest else {
                throw StoreError(.schemaTooNew, cause: "database has version \(present), this software knows \(newest)")
            }
            for migration in migrations where migration.number > present {
                try transaction.executeScript(migration.script)
                let number = StoreValue.integer(migration.number)
                try transaction.execute("INSERT INTO schema_version (version) VALUES (?)", [number])
            }
        }
    }
}
