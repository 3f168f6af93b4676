package import KeyModel

extension ReadTransaction {
    package func deletion(_ operation: OperationIdentifier) throws -> StoredDeletion? {
        try deletions("WHERE operation = ?", [.text(operation.text)]).first
    }

    /// The deletion of a root key that has come to its end, with its report; nil where there is none.
    package func endedDeletion(of rootKey: RootKeyIdentifier) throws -> StoredDeletion? {
        try deletions("WHERE root_key = ? AND report IS NOT NULL", [.text(rootKey.text)]).first
    }

    private func deletions(_ condition: String, _ parameters: [StoreValue]) throws -> [StoredDeletion] {
        try engine.rows("SELECT \(StoredDeletion.selection) FROM root_key_deletions \(condition)", parameters).map {
            try StoredDeletion($0, authenticator: authenticator)
        }
    }

    /// Every key that went with a root key, in order of instance and identifier.
    package func losses(of operation: OperationIdentifier) throws -> [LostKey] {
        let rows = try engine.rows(
            """
            SELECT operation, instance, unique_identifier, instance_name, name, mac FROM root_key_losses \
            WHERE operation = ? ORDER BY instance, unique_identifier
            """,
            [.text(operation.text)]
        )
        return try rows.map { values in
            var row = RowReader(.rootKeyLosses, values, keyColumnCount: 3)
            guard case .blob(let mac)? = values.last,
                try authenticator.verifies(mac, .rootKeyLosses, Array(values.dropLast()))
            else { throw row.corrupted }
            _ = try row.text()
            let instance = InstanceIdentifier(try row.text())
            let identifier = UniqueIdentifier(try row.text())
            return LostKey(
                instance: instance,
                instanceName: try row.text(),
                identifier: identifier,
                name: try row.optionalBlob().map { String(decoding: $0, as: UTF8.self) }
            )
        }
    }
}

extension WriteTransaction {
    package func insert(_ stored: StoredDeletion) throws {
        let marks = Array(repeating: "?", count: StoredDeletion.columns.count + 1).joined(separator: ", ")
        let mac = try authenticator.mac(.rootKeyDeletions, stored.values)
        try engine.execute(
            "INSERT INTO root_key_deletions (\(StoredDeletion.selection)) VALUES (\(marks))",
            stored.values + [.blob(mac)]
        )
    }

    /// Writes a deletion that was read in this transaction. Its operation's revision is what keeps two writers apart.
    package func update(_ stored: StoredDeletion) throws {
        let mac = try authenticator.mac(.rootKeyDeletions, stored.values)
        let assignments = (StoredDeletion.columns.dropFirst() + ["mac"]).map { $0 + " = ?" }.joined(separator: ", ")
        try engine.execute(
            "UPDATE root_key_deletions SET \(assignments) WHERE operation = ?",
            Array(stored.values.dropFirst()) + [.blob(mac), stored.values[0]]
        )
    }

    /// Notes a key that went with its root key.
    package func insert(_ lost: LostKey, of operation: OperationIdentifier) throws {
        let values: [StoreValue] = [
            .text(operation.text), .text(lost.instance.text), .text(lost.identifier.text), .text(lost.instanceName),
            .optional(lost.name.map { Array($0.utf8) }),
        ]
        let mac = try authenticator.mac(.rootKeyLosses, values)
        try engine.execute(
            """
            INSERT INTO root_key_losses (operation, instance, unique_identifier, instance_name, name, mac) \
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            values + [.blob(mac)]
        )
    }
}
