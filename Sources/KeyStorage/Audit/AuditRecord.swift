internal import Cryptography
package import KeyModel

/// An audit event in its place in a chain.
///
/// The hash is SHA-256 over chain, sequence, previous hash and event, without a key, so that an export can be checked by
/// anyone; in the store every row has a MAC under the record key as well. Who can write to the database can delete a
/// chain or the end of one, but not alter, insert, reorder or leave out events before its end.
package struct AuditRecord: Hashable, Sendable {
    package let chain: [UInt8]
    package let sequence: Int64
    package let event: AuditEvent
    package let previousHash: [UInt8]
    package let hash: [UInt8]

    /// Puts an event behind the latest of a chain.
    init(_ event: AuditEvent, behind chain: AuditChain) {
        self.chain = chain.identifier
        self.sequence = chain.nextSequence
        self.event = event.recordable
        self.previousHash = chain.latestHash
        self.hash = Self.hash(
            chain: chain.identifier,
            sequence: chain.nextSequence,
            event: self.event,
            previousHash: chain.latestHash
        )
    }

    static let columns = [
        "chain", "sequence", "action", "initiator", "address", "instance", "object", "failure", "request_id",
        "is_repeat", "event_time", "previous_hash", "hash",
    ]

    var values: [StoreValue] {
        [.blob(chain), .integer(sequence)] + event.values + [.blob(previousHash), .blob(hash)]
    }

    /// Checks MAC and hash of a row of `columns` and `mac`, and reads it.
    init(_ values: [StoreValue], authenticator: RecordAuthenticator) throws(StoreError) {
        var row = RowReader(.auditEvents, values, keyColumnCount: 2)
        guard case .blob(let mac)? = values.last,
            try authenticator.verifies(mac, .auditEvents, Array(values.dropLast()))
        else { throw row.corrupted }
        self.chain = try row.blob()
        self.sequence = try row.integer()
        self.event = try AuditEvent(&row)
        self.previousHash = try row.blob()
        self.hash = try row.blob()
        let expected = Self.hash(chain: chain, sequence: sequence, event: event, previousHash: previousHash)
        guard hash == expected else { throw row.corrupted }
    }

    /// The hash of an event in its place: SHA-256 over "keyferry audit 1", chain, sequence, previous hash, and the
    /// fields of the event, each with one byte of type and 8 bytes of length (`RecordEncoder`).
    package static func hash(
        chain: [UInt8],
        sequence: Int64,
        event: AuditEvent,
        previousHash: [UInt8]
    ) -> [UInt8] {
        var encoder = RecordEncoder()
        encoder.append(prefixed: "keyferry audit 1".utf8)
        for value in [.blob(chain), .integer(sequence), .blob(previousHash)] + event.values {
            encoder.append(value)
        }
        return SHA256.hash(encoder.bytes)
    }
}

extension AuditEvent {
    var values: [StoreValue] {
        [
            .text(action.rawValue), .text(initiator), .text(address), .optional(instance?.text),
            .optional(object?.text), failure.map { .integer($0.rawValue) } ?? .null, .text(requestID),
            .integer(isRepeat ? 1 : 0), .time(time),
        ]
    }

    init(_ row: inout RowReader) throws(StoreError) {
        self.init(
            action: try row.required(Action(rawValue: try row.text())),
            initiator: try row.text(),
            address: try row.text(),
            instance: try row.optionalText().map { InstanceIdentifier($0) },
            object: try row.optionalText().map { UniqueIdentifier($0) },
            failure: try Self.failure(&row),
            requestID: try row.text(),
            isRepeat: try row.integer() != 0,
            time: try row.time()
        )
    }

    private static func failure(_ row: inout RowReader) throws(StoreError) -> OperationFailure.Code? {
        guard let number = try row.optionalInteger() else { return nil }
        return try row.required(Int(exactly: number).flatMap(OperationFailure.Code.init))
    }

    /// The event as a row can hold it. Fronts and their clients choose some of its texts: U+0000, which a text column
    /// can't hold, becomes U+FFFD, and what is longer than 1,024 characters is cut.
    var recordable: AuditEvent {
        AuditEvent(
            action: action,
            initiator: initiator.recordable,
            address: address.recordable,
            instance: instance.map { InstanceIdentifier($0.text.recordable) },
            object: object.map { UniqueIdentifier($0.text.recordable) },
            failure: failure,
            requestID: requestID.recordable,
            isRepeat: isRepeat,
            time: time
        )
    }
}

extension String {
    fileprivate var recordable: String {
        guard utf8.count > 1_024 || utf8.contains(0) else { return self }
        var cut = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(1_024) {
            cut.append(scalar.value == 0 ? "\u{FFFD}" : scalar)
        }
        return String(cut)
    }
}
