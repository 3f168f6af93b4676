/// A promise that was not kept.
package struct Violation: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// An acknowledged key is not in the store.
        case keyLost
        /// One Create, several keys; or one key, several Creates.
        case createdTwice
        /// The store holds a key that no client asked for.
        case keyUnasked
        /// The number of keys is not that of the promised ones and of those whose answer was lost.
        case numberWrong
        /// An acknowledged key was not found, or not given.
        case keyUnreadable
        /// A key's bytes were not the same each time.
        case bytesChanged
        /// A state was seen after a later one; or what can be done once was done twice.
        case stateWentBack
        /// A state that nobody asked for.
        case stateUnasked
        /// A destroyed key was given out or found.
        case destroyedKeyRead
        /// What a client was told is no answer to what it asked.
        case answerWrong
        /// Something was done that the audit trail does not tell of.
        case unaudited
        /// The audit trail tells of something that nobody asked for, or that did not happen.
        case auditUnasked
    }

    package let kind: Kind
    /// A key's identifier or serial number.
    package let subject: String
    package let explanation: String
    /// What clients did with it, in the order of invocation.
    package var history: [HistoryEntry]

    init(_ kind: Kind, _ subject: String, _ explanation: String, _ history: [HistoryEntry] = []) {
        self.kind = kind
        self.subject = subject
        self.explanation = explanation
        self.history = history
    }
}
