/// What is known after a run: what clients asked and were told, and what the store holds when all is over.
package struct Evidence: Sendable {
    /// A key as its row in the store says.
    package struct StoredKey: Hashable, Sendable {
        package let identifier: String
        /// nil where it has none.
        package let serial: String?
        package let state: KeyState
        /// Of its bytes, in hexadecimal.
        package let digest: String

        package init(identifier: String, serial: String?, state: KeyState, digest: String) {
            self.identifier = identifier
            self.serial = serial
            self.state = state
            self.digest = digest
        }
    }

    /// A record of the audit trail that tells of a success.
    package struct AuditRecord: Hashable, Sendable {
        package enum Action: String, Hashable, Sendable, CaseIterable {
            case create = "kmip-key.create"
            case read = "kmip-key.read"
            case activate = "kmip-key.activate"
            case revoke = "kmip-key.revoke"
            case destroy = "kmip-key.destroy"
        }

        package let action: Action
        /// The fingerprint of the client's certificate.
        package let client: String
        package let identifier: String
        package let requestID: String
        /// When it was done, in the history's seconds, as exactly as the record says it.
        package let moments: ClosedRange<Double>

        package init(
            action: Action,
            client: String,
            identifier: String,
            requestID: String,
            moments: ClosedRange<Double> = -Double.infinity...Double.infinity
        ) {
            self.action = action
            self.client = client
            self.identifier = identifier
            self.requestID = requestID
            self.moments = moments
        }
    }

    package var history: [HistoryEntry]
    package var stored: [StoredKey]
    package var audit: [AuditRecord]

    package init(history: [HistoryEntry], stored: [StoredKey], audit: [AuditRecord]) {
        self.history = history
        self.stored = stored
        self.audit = audit
    }
}
