package import KeyModel

/// What a walk through every record of the store has found to be authentic.
package struct VerifiedRecords: Hashable, Sendable {
    /// A version of a root key, by name.
    package struct RootKeyVersionName: Hashable, Sendable {
        package let rootKey: RootKeyIdentifier
        package let version: Int
    }

    package let authority: Authority
    package fileprivate(set) var objects = 0
    package fileprivate(set) var outcomes = 0
    package fileprivate(set) var auditEvents = 0
    /// What the material of the objects is wrapped under.
    package fileprivate(set) var rootKeyVersions: Set<RootKeyVersionName> = []
}

extension ReadTransaction {
    /// Authenticates every record: the authority as a whole, every object with its attributes, every outcome, and every
    /// audit event in its chain. It takes as long as there are records.
    ///
    /// - Throws: `recordCorrupted` for the first that is not as this software wrote it.
    package func verifyRecords() throws -> VerifiedRecords {
        var verified = VerifiedRecords(authority: try authority())
        try verifyObjects(&verified)
        try verifyOutcomes(&verified)
        for identifier in try auditChains() {
            var chain = AuditChain(startingAs: identifier)
            while true {
                let (records, next) = try auditRecords(behind: chain, limit: Self.pageLength)
                guard !records.isEmpty else { break }
                verified.auditEvents += records.count
                chain = next
            }
        }
        return verified
    }

    private static let pageLength = 256

    private func verifyObjects(_ verified: inout VerifiedRecords) throws {
        var last = ObjectKey(instance: InstanceIdentifier(""), identifier: UniqueIdentifier(""))
        while true {
            let rows = try engine.rows(
                """
                SELECT \(ObjectRow.selection) FROM managed_objects r \
                WHERE (r.instance, r.unique_identifier) > (?, ?) ORDER BY r.instance, r.unique_identifier LIMIT ?
                """,
                last.values + [.integer(Self.pageLength)]
            )
            guard let end = rows.last else { return }
            for object in try objects(rows: rows).values {
                verified.objects += 1
                guard let material = try object.get().material else { continue }
                verified.rootKeyVersions.insert(
                    .init(rootKey: material.rootKey, version: material.rootKeyVersion)
                )
            }
            var reader = RowReader(.managedObjects, end, keyColumnCount: 2)
            last = try reader.objectKey()
        }
    }

    private func verifyOutcomes(_ verified: inout VerifiedRecords) throws {
        var last: [StoreValue] = [.blob([]), .blob([])]
        while true {
            let rows = try engine.rows(
                """
                SELECT \(StoredOutcome.columns) FROM job_outcomes r \
                WHERE (r.sender, r.message_id) > (?, ?) ORDER BY r.sender, r.message_id LIMIT ?
                """,
                last + [.integer(Self.pageLength)]
            )
            guard let end = rows.last else { return }
            for row in rows { _ = try StoredOutcome(row, authenticator: authenticator) }
            verified.outcomes += rows.count
            last = Array(end.prefix(2))
        }
    }
}
