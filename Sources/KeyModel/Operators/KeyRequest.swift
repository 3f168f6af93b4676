/// What operators ask of the keys of an instance, which each request names. Nothing of it needs the HSM, and the
/// instance need not be in service.
package enum KeyRequest: OperatorRequest {
    /// Answered by `KeyAnswer.list`.
    case list(instance: String, KeySearch)
    /// Answered by `KeyAnswer.key`.
    case show(instance: String, key: UniqueIdentifier)
    /// What happened to a key, newest first. Answered by `KeyAnswer.history`.
    case history(instance: String, key: UniqueIdentifier, KeyHistoryPart)
    /// Answered by `KeyAnswer.changed`, as are `restore` and `destroy`.
    case revoke(instance: String, key: UniqueIdentifier, RevocationReason)
    /// Orders active keys to be revoked in the background, `RevocationOrder.mostKeys` at most; those that are not active, or
    /// were given out at that moment or later, are let alone. Answered by `KeyAnswer.revocation`.
    case revokeAll(instance: String, keys: [UniqueIdentifier], RevocationReason, notRetrievedSince: Timestamp?)
    /// Takes a deactivated key back into service.
    case restore(instance: String, key: UniqueIdentifier)
    case destroy(instance: String, key: UniqueIdentifier)

    package var name: String {
        switch self {
        case .list: "key.list"
        case .show: "key.show"
        case .history: "key.history"
        case .revoke: "key.revoke"
        case .revokeAll: "key.revoke-all"
        case .restore: "key.restore"
        case .destroy: "key.destroy"
        }
    }

    package var requiredRole: Operator.Role? {
        switch self {
        case .list, .show, .history: nil
        case .revoke, .revokeAll, .restore, .destroy: .kmipManager
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list, .show, .history: .none
        case .revoke, .restore, .destroy: .objects
        case .revokeAll: .order
        }
    }
}

package enum KeyAnswer: Hashable, Sendable {
    case list(KeyList)
    case key(KeyEntry)
    case history(KeyHistory)
    case changed(KeyDescription)
    case revocation(BackgroundOperation)
}

/// A part of a list of keys.
package struct KeyList: Hashable, Sendable {
    package let keys: [KeyEntry]
    /// Behind which key the list goes on; nil at the end. A part may have fewer keys than it was to have, or none, and
    /// not be the last.
    package let next: KeySearch.Position?

    package init(keys: [KeyEntry], next: KeySearch.Position?) {
        self.keys = keys
        self.next = next
    }
}

/// A part of a key's history.
package struct KeyHistoryPart: Hashable, Sendable {
    package static let mostEvents = 500

    package let limit: Int
    /// Nil for the newest.
    package let after: Position?

    package init(limit: Int, after: Position?) {
        self.limit = limit
        self.after = after
    }

    /// The place of an event: its time, and where it is in the audit trail.
    package struct Position: Hashable, Sendable {
        package let time: Timestamp
        package let chain: [UInt8]
        package let sequence: Int64

        package init(time: Timestamp, chain: [UInt8], sequence: Int64) {
            self.time = time
            self.chain = chain
            self.sequence = sequence
        }
    }
}

/// What happened to a key, as far as one part goes.
package struct KeyHistory: Hashable, Sendable {
    package let events: [KeyEvent]
    /// Nil at the end.
    package let next: KeyHistoryPart.Position?
    /// How many records of this part fail their authentication, and are not among the events.
    package let corruptedCount: Int

    package init(events: [KeyEvent], next: KeyHistoryPart.Position?, corruptedCount: Int) {
        self.events = events
        self.next = next
        self.corruptedCount = corruptedCount
    }
}

/// An audit event about a key.
package struct KeyEvent: Hashable, Sendable {
    package let action: AuditEvent.Action
    package let initiator: String
    package let address: String
    /// Nil for success.
    package let failure: OperationFailure.Code?
    package let requestID: String
    package let isRepeat: Bool
    package let time: Timestamp

    package init(
        action: AuditEvent.Action,
        initiator: String,
        address: String,
        failure: OperationFailure.Code?,
        requestID: String,
        isRepeat: Bool,
        time: Timestamp
    ) {
        self.action = action
        self.initiator = initiator
        self.address = address
        self.failure = failure
        self.requestID = requestID
        self.isRepeat = isRepeat
        self.time = time
    }

    package init(_ event: AuditEvent) {
        self.init(
            action: event.action,
            initiator: event.initiator,
            address: event.address,
            failure: event.failure,
            requestID: event.requestID,
            isRepeat: event.isRepeat,
            time: event.time
        )
    }
}
