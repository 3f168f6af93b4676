internal import GRDB
package import KeyStorage

/// Copies of the database, and whether one is sound.
extension SQLiteEngine {
    /// Writes one state of the database to a new file, while others read and write. Readable and writable as the umask
    /// says. What was deleted is not in it.
    package func writeSnapshot(to path: String) throws(StoreError) {
        try mappingErrors { () throws in
            try inDatabase { database in
                // SQLite, "VACUUM INTO": a read transaction on this side, for as long as it takes.
                try database.execute(sql: "VACUUM INTO ?", arguments: [path])
            }
        }
    }

    /// Has SQLite look at every page and every index.
    ///
    /// - Throws: `databaseDamaged`.
    package func checkIntegrity() throws(StoreError) {
        let findings = try mappingErrors { () throws in
            try inDatabase { try String.fetchAll($0, sql: "PRAGMA integrity_check(1)") }
        }
        guard findings == ["ok"] else { throw StoreError(.databaseDamaged, cause: "integrity_check") }
    }
}
