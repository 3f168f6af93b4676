package import KeyModel

extension ReadTransaction {
    /// What an operator has ordered; nil where the operation is of another kind.
    package func revocation(_ operation: OperationIdentifier) throws -> RevocationOrder? {
        try engine.rows(
            "SELECT \(RevocationOrder.selection) FROM key_revocations WHERE operation = ?",
            [.text(operation.text)]
        ).first.map { try RevocationOrder($0, authenticator: authenticator) }
    }

    /// Keys of it that nobody has looked at yet, in order, `limit` at most.
    package func keysToRevoke(of operation: OperationIdentifier, limit: Int) throws -> [UniqueIdentifier] {
        let rows = try engine.rows(
            """
            SELECT operation, unique_identifier, mac FROM key_revocation_keys WHERE operation = ? \
            ORDER BY unique_identifier LIMIT ?
            """,
            [.text(operation.text), .integer(limit)]
        )
        return try rows.map { values in
            var row = RowReader(.keyRevocationKeys, values, keyColumnCount: 2)
            guard case .blob(let mac)? = values.last,
                try authenticator.verifies(mac, .keyRevocationKeys, Array(values.dropLast()))
            else { throw row.corrupted }
            _ = try row.text()
            return UniqueIdentifier(try row.text())
        }
    }
}

extension WriteTransaction {
    /// Writes an order with its keys, beside its operation.
    package func insert(_ revocation: RevocationOrder, of keys: some Collection<UniqueIdentifier>) throws {
        let marks = Array(repeating: "?", count: RevocationOrder.columns.count + 1).joined(separator: ", ")
        try engine.execute(
            "INSERT INTO key_revocations (\(RevocationOrder.selection)) VALUES (\(marks))",
            revocation.values + [.blob(try authenticator.mac(.keyRevocations, revocation.values))]
        )
        for key in keys {
            let values: [StoreValue] = [.text(revocation.operation.text), .text(key.text)]
            try engine.execute(
                "INSERT INTO key_revocation_keys (operation, unique_identifier, mac) VALUES (?, ?, ?)",
                values + [.blob(try authenticator.mac(.keyRevocationKeys, values))]
            )
        }
    }

    /// Takes a key off the order: somebody has looked at it.
    package func deleteKeyToRevoke(_ key: UniqueIdentifier, of operation: OperationIdentifier) throws {
        try engine.execute(
            "DELETE FROM key_revocation_keys WHERE operation = ? AND unique_identifier = ?",
            [.text(operation.text), .text(key.text)]
        )
    }
}

extension RevocationOrder {
    fileprivate static let columns = [
        "operation", "instance", "reason", "message", "not_retrieved_since", "requester", "request_id", "address",
    ]
    fileprivate static let selection = (columns + ["mac"]).joined(separator: ", ")

    fileprivate var values: [StoreValue] {
        [
            .text(operation.text), .text(instance.text), .integer(reason.code.rawValue),
            .optional(reason.message.map { Array($0.utf8) }), .time(notRetrievedSince), .blob(requester.bytes),
            .text(requestID), .text(address),
        ]
    }

    fileprivate init(_ values: [StoreValue], authenticator: RecordAuthenticator) throws(StoreError) {
        var row = RowReader(.keyRevocations, values, keyColumnCount: 1)
        guard case .blob(let mac)? = values.last,
            try authenticator.verifies(mac, .keyRevocations, Array(values.dropLast()))
        else { throw row.corrupted }
        let operation = OperationIdentifier(try row.text())
        let instance = InstanceIdentifier(try row.text())
        let code = RevocationReason.Code(rawValue: try row.uint32())
        let message = try row.optionalBlob().map { String(decoding: $0, as: UTF8.self) }
        self.init(
            operation: operation,
            instance: instance,
            reason: RevocationReason(code: code, message: message),
            notRetrievedSince: try row.optionalTime(),
            orderedBy: try row.required(CertificateFingerprint(try row.blob())),
            requestID: try row.text(),
            address: try row.text()
        )
    }
}
