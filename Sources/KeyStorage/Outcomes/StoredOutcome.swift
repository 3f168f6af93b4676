package import KeyModel

/// What identifies a job: who sent it, and the 16 bytes by which the sender names it.
package struct OutcomeKey: Hashable, Sendable {
    package let sender: CertificateFingerprint
    package let messageID: [UInt8]

    package init(sender: CertificateFingerprint, messageID: [UInt8]) {
        self.sender = sender
        self.messageID = messageID
    }

    var values: [StoreValue] { [.blob(sender.bytes), .blob(messageID)] }
}

/// What the store knows of a job that changes something, or was delivered before.
package struct StoredOutcome: Hashable, Sendable {
    /// SHA-256 of the request: another request under the same key is refused.
    package let requestHash: [UInt8]
    /// How often the job was begun.
    package let attempts: Int
    /// The answer; nil while there is none. It holds no key material.
    package let outcome: [UInt8]?
    package let expiry: Timestamp

    package init(requestHash: [UInt8], attempts: Int, outcome: [UInt8]?, expiry: Timestamp) {
        self.requestHash = requestHash
        self.attempts = attempts
        self.outcome = outcome
        self.expiry = expiry
    }

    static let columns = "r.sender, r.message_id, r.request_hash, r.attempts, r.outcome, r.expiry, r.mac"

    func values(_ key: OutcomeKey) -> [StoreValue] {
        key.values + [.blob(requestHash), .integer(attempts), .optional(outcome), .time(expiry)]
    }

    /// Checks and reads a row of `columns`.
    init(_ values: [StoreValue], authenticator: RecordAuthenticator) throws(StoreError) {
        var row = RowReader(.jobOutcomes, values, keyColumnCount: 2)
        guard case .blob(let mac)? = values.last,
            try authenticator.verifies(mac, .jobOutcomes, Array(values.dropLast()))
        else { throw row.corrupted }
        _ = try row.outcomeKey()
        self.init(
            requestHash: try row.blob(),
            attempts: try row.int(),
            outcome: try row.optionalBlob(),
            expiry: try row.time()
        )
    }
}

extension RowReader {
    mutating func outcomeKey() throws(StoreError) -> OutcomeKey {
        OutcomeKey(sender: try required(CertificateFingerprint(try blob())), messageID: try blob())
    }
}
