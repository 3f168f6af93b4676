package import KeyModel

extension ReadTransaction {
    /// What is known of these jobs, in one query for up to 256 of them; jobs that nothing is known of are left out. A
    /// row that fails its authentication is `recordCorrupted`: the job must then be refused, for whoever altered the
    /// row wants it done twice or answered falsely.
    package func outcomes(
        _ wanted: some Collection<OutcomeKey>
    ) throws -> [OutcomeKey: Result<StoredOutcome, StoreError>] {
        let rows = try WantedRows(columns: ("sender", "message_id")).rows(
            StoredOutcome.columns,
            of: .jobOutcomes,
            keys: Set(wanted).map { (.blob($0.sender.bytes), .blob($0.messageID)) },
            in: engine
        )
        var found: [OutcomeKey: Result<StoredOutcome, StoreError>] = [:]
        for values in rows {
            var row = RowReader(.jobOutcomes, values, keyColumnCount: 2)
            let key = try row.outcomeKey()
            found[key] = Result { () throws(StoreError) -> StoredOutcome in
                try StoredOutcome(values, authenticator: authenticator)
            }
        }
        return found
    }
}

extension WriteTransaction {
    /// Counts an attempt at a job and returns how many there have been with it. Called for a job that was delivered
    /// before, in a transaction of its own that commits before the job is begun.
    ///
    /// - Throws: `conflict` where the job is known with another request, has an outcome, or is counted by another
    ///   worker at this moment.
    package func countAttempt(_ key: OutcomeKey, requestHash: [UInt8], expiry: Timestamp) throws -> Int {
        let present = try storedOutcome(key)
        let attempts = (present?.attempts ?? 0) + 1
        let next = StoredOutcome(requestHash: requestHash, attempts: attempts, outcome: nil, expiry: expiry)
        try write(next, for: key, over: present)
        return attempts
    }

    /// Keeps the answer to a job, in the transaction of the changes that it made.
    ///
    /// - Throws: `conflict` where there is an answer already, or another request under the key: then another worker has
    ///   done the job, and this transaction must be given up.
    package func saveOutcome(
        _ key: OutcomeKey,
        requestHash: [UInt8],
        outcome: [UInt8],
        expiry: Timestamp
    ) throws {
        // Most jobs come once: this insert is all there is to do for them.
        let first = StoredOutcome(requestHash: requestHash, attempts: 1, outcome: outcome, expiry: expiry)
        if try insert(first, for: key) { return }
        guard let present = try storedOutcome(key) else { throw conflict(key) }
        let next = StoredOutcome(
            requestHash: requestHash,
            attempts: present.attempts,
            outcome: outcome,
            expiry: expiry
        )
        try write(next, for: key, over: present)
    }

    /// Forgets jobs whose time is over, and returns how many.
    @discardableResult
    package func removeExpiredOutcomes(before time: Timestamp) throws -> Int {
        try engine.execute("DELETE FROM job_outcomes WHERE expiry < ?", [.time(time)])
    }

    private func storedOutcome(_ key: OutcomeKey) throws -> StoredOutcome? {
        try outcomes([key])[key]?.get()
    }

    private func insert(_ outcome: StoredOutcome, for key: OutcomeKey) throws -> Bool {
        let values = outcome.values(key)
        let mac = try authenticator.mac(.jobOutcomes, values)
        let changed = try engine.execute(
            """
            INSERT INTO job_outcomes (sender, message_id, request_hash, attempts, outcome, expiry, mac) \
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            values + [.blob(mac)]
        )
        return changed == 1
    }

    private func write(_ next: StoredOutcome, for key: OutcomeKey, over present: StoredOutcome?) throws {
        guard let present else {
            guard try insert(next, for: key) else { throw conflict(key) }
            return
        }
        guard present.outcome == nil, present.requestHash == next.requestHash else { throw conflict(key) }
        let mac = try authenticator.mac(.jobOutcomes, next.values(key))
        let changed = try engine.execute(
            """
            UPDATE job_outcomes SET attempts = ?, outcome = ?, expiry = ?, mac = ? \
            WHERE sender = ? AND message_id = ? AND outcome IS NULL AND attempts = ?
            """,
            [.integer(next.attempts), .optional(next.outcome), .time(next.expiry), .blob(mac)] + key.values
                + [.integer(present.attempts)]
        )
        guard changed == 1 else { throw conflict(key) }
    }

    private func conflict(_ key: OutcomeKey) -> StoreError {
        StoreError(.conflict, table: .jobOutcomes, key: key.values.map(\.keyText).joined(separator: "/"))
    }
}
