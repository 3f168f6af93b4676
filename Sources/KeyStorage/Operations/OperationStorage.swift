package import KeyModel

extension ReadTransaction {
    /// The latest operations of a partition, newest first.
    package func operations(in partition: PartitionName, limit: Int) throws -> [StoredOperation] {
        try operations(
            "WHERE partition_name = ? ORDER BY started DESC, identifier LIMIT ?",
            [.text(partition.text), .integer(limit)]
        )
    }

    /// The operations of a partition that are running, the oldest first.
    package func runningOperations(in partition: PartitionName) throws -> [StoredOperation] {
        let running = BackgroundOperation.State.running.rawValue
        return try operations(
            "WHERE state = ? AND partition_name = ? ORDER BY started, identifier",
            [.text(running), .text(partition.text)]
        )
    }

    package func operation(_ identifier: OperationIdentifier) throws -> StoredOperation? {
        // Identifiers come from clients. One that no text column can hold is nobody's.
        guard !identifier.text.utf8.contains(0) else { return nil }
        return try operations("WHERE identifier = ?", [.text(identifier.text)]).first
    }

    private func operations(_ condition: String, _ parameters: [StoreValue]) throws -> [StoredOperation] {
        try engine.rows("SELECT \(StoredOperation.selection) FROM operations \(condition)", parameters).map {
            try StoredOperation($0, authenticator: authenticator)
        }
    }
}

extension WriteTransaction {
    package func insert(_ stored: StoredOperation) throws {
        let marks = Array(repeating: "?", count: StoredOperation.columns.count + 1).joined(separator: ", ")
        let mac = try authenticator.mac(.operations, stored.values)
        let changed = try engine.execute(
            "INSERT INTO operations (\(StoredOperation.selection)) VALUES (\(marks)) ON CONFLICT DO NOTHING",
            stored.values + [.blob(mac)]
        )
        guard changed == 1 else { throw error(.alreadyExists, stored) }
    }

    /// Writes an operation that was read at its revision, and gives it the one after that.
    ///
    /// - Throws: `conflict` where it has another revision by now.
    @discardableResult
    package func update(_ stored: StoredOperation) throws -> StoredOperation {
        let next = stored.next
        let mac = try authenticator.mac(.operations, next.values)
        let assignments = (StoredOperation.columns.dropFirst() + ["mac"]).map { $0 + " = ?" }.joined(separator: ", ")
        let changed = try engine.execute(
            "UPDATE operations SET \(assignments) WHERE identifier = ? AND revision = ?",
            Array(next.values.dropFirst()) + [.blob(mac), next.values[0], .integer(stored.revision)]
        )
        guard changed == 1 else { throw error(.conflict, stored) }
        return next
    }

    private func error(_ code: StoreError.Code, _ stored: StoredOperation) -> StoreError {
        StoreError(code, table: .operations, key: stored.operation.identifier.text)
    }
}
