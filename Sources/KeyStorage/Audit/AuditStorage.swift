package import KeyModel

extension WriteTransaction {
    /// Adds events at the end of a chain.
    ///
    /// - Returns: where the chain stands then. The caller takes it over once the transaction has committed, and not
    ///   before: `chain = try store.write { try $0.append(events, to: chain) }`.
    /// - Throws: `conflict` where the chain is longer than `chain` says.
    package func append(_ events: some Sequence<AuditEvent>, to chain: AuditChain) throws -> AuditChain {
        var chain = chain
        for event in events {
            let record = AuditRecord(event, behind: chain)
            let mac = try authenticator.mac(.auditEvents, record.values)
            guard try engine.execute(Self.insertEvent, record.values + [.blob(mac)]) == 1 else {
                throw StoreError(.conflict, table: .auditEvents, key: "\(StoreValue.blob(chain.identifier).keyText)")
            }
            chain = AuditChain(
                identifier: chain.identifier,
                nextSequence: record.sequence + 1,
                latestHash: record.hash
            )
        }
        return chain
    }

    private static let insertEvent: String = {
        let marks = Array(repeating: "?", count: AuditRecord.columns.count + 1).joined(separator: ", ")
        let columns = AuditRecord.columns.joined(separator: ", ")
        return "INSERT INTO audit_events (\(columns), mac) VALUES (\(marks)) ON CONFLICT DO NOTHING"
    }()
}

extension ReadTransaction {
    /// The chains that have events.
    package func auditChains() throws -> [[UInt8]] {
        try engine.rows("SELECT DISTINCT chain FROM audit_events ORDER BY chain", []).map { values in
            var row = RowReader(.auditEvents, values, keyColumnCount: 1)
            return try row.blob()
        }
    }

    /// Reads on in a chain: the events from where `chain` stands, at most `limit` of them, every one authenticated and
    /// bound to the one before. Begin with `AuditChain(startingAs:)`.
    ///
    /// - Returns: the events, and where the chain stands behind them; no events at the end.
    /// - Throws: `recordCorrupted` for an event that was altered, is missing, or is not in its place.
    package func auditRecords(
        behind chain: AuditChain,
        limit: Int
    ) throws -> (records: [AuditRecord], chain: AuditChain) {
        let rows = try engine.rows(
            """
            SELECT \(AuditRecord.columns.joined(separator: ", ")), mac FROM audit_events \
            WHERE chain = ? AND sequence >= ? ORDER BY sequence LIMIT ?
            """,
            [.blob(chain.identifier), .integer(chain.nextSequence), .integer(limit)]
        )
        var chain = chain
        var records: [AuditRecord] = []
        for values in rows {
            let record = try AuditRecord(values, authenticator: authenticator)
            guard record.sequence == chain.nextSequence, record.previousHash == chain.latestHash else {
                throw RowReader(.auditEvents, values, keyColumnCount: 2).corrupted
            }
            records.append(record)
            chain = AuditChain(
                identifier: chain.identifier,
                nextSequence: record.sequence + 1,
                latestHash: record.hash
            )
        }
        return (records, chain)
    }
}
