package import KeyModel

extension WriteTransaction {
    /// Nonces are kept so long behind their statement's end: longer than the clocks of workers are apart, so that none
    /// is forgotten by one worker while another still takes the statement.
    private static let retentionSeconds: Int64 = 3_600

    /// Uses up the nonce of a signed statement, in the transaction of what it is for.
    ///
    /// - Throws: `alreadyExists`, of the table `statement_nonces`, where it was used before.
    package func useNonce(_ nonce: [UInt8], expires: Timestamp, at now: Timestamp) throws {
        try engine.execute(
            "DELETE FROM statement_nonces WHERE expires < ?",
            [.time(now.advanced(bySeconds: -Self.retentionSeconds))]
        )
        let changed = try engine.execute(
            "INSERT INTO statement_nonces (nonce, expires) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [.blob(nonce), .time(expires)]
        )
        guard changed == 1 else { throw StoreError(.alreadyExists, table: .statementNonces) }
    }
}
