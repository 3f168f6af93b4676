package import KeyModel

/// A deletion as the store has it: with its report, once there is one.
package struct StoredDeletion: Hashable, Sendable {
    package var deletion: RootKeyDeletion
    package var report: SignedDeletionReport?

    package init(_ deletion: RootKeyDeletion) {
        self.deletion = deletion
    }
}

extension StoredDeletion {
    static let columns = [
        "operation", "root_key", "due", "owners", "ticket_keys", "token_serials", "report", "signature", "certificate",
    ]

    static let selection = (columns + ["mac"]).joined(separator: ", ")

    var values: [StoreValue] {
        let serials = deletion.tokenSerials.isEmpty ? nil : deletion.tokenSerials.joined(separator: "\n")
        return [
            .text(deletion.operation.text), .text(deletion.rootKey.text), .time(deletion.due),
            .blob(deletion.owners.flatMap(\.bytes)), .blob(deletion.ticketKeys.flatMap { $0 }), .optional(serials),
            .optional(report?.report), .optional(report?.signature), .optional(report?.certificate),
        ]
    }

    /// Checks the MAC of a row of `selection`, and reads it.
    init(_ values: [StoreValue], authenticator: RecordAuthenticator) throws(StoreError) {
        var row = RowReader(.rootKeyDeletions, values, keyColumnCount: 1)
        guard case .blob(let mac)? = values.last,
            try authenticator.verifies(mac, .rootKeyDeletions, Array(values.dropLast()))
        else { throw row.corrupted }
        let operation = OperationIdentifier(try row.text())
        let rootKey = RootKeyIdentifier(try row.text())
        let due = try row.time()
        let owners = Self.pieces(try row.blob(), of: 32).compactMap(CertificateFingerprint.init)
        let ticketKeys = Self.pieces(try row.blob(), of: 16)
        let serials = try row.optionalText()
        deletion = RootKeyDeletion(
            operation: operation,
            rootKey: rootKey,
            due: due,
            owners: owners,
            ticketKeys: ticketKeys,
            tokenSerials: serials?.split(separator: "\n").map(String.init) ?? []
        )
        let report = try row.optionalBlob()
        let signature = try row.optionalText()
        let certificate = try row.optionalBlob()
        if let report, let signature, let certificate {
            self.report = SignedDeletionReport(report: report, signature: signature, certificate: certificate)
        }
    }

    private static func pieces(_ bytes: [UInt8], of count: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: count).map { Array(bytes[$0...].prefix(count)) }
    }
}
