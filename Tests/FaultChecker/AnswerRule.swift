/// What a client is told is about the key that it asked for, and holds what such an answer has to hold.
enum AnswerRule {
    static func violations(_ index: EvidenceIndex) -> [Violation] {
        index.evidence.history.compactMap { entry in
            guard case .wrong(let what) = entry.outcome else { return nil }
            return Violation(
                .answerWrong,
                entry.subject,
                "\(entry.kind) was answered with \(what), by gateway \(entry.gateway) at \(entry.answered)",
                [entry]
            )
        }
    }
}

extension HistoryEntry {
    /// The key's identifier, or the serial number under which it was asked for.
    fileprivate var subject: String {
        switch request {
        case .create(let serial), .locate(let serial): serial
        case .get(let identifier), .state(let identifier), .activate(let identifier), .revoke(let identifier),
            .destroy(let identifier), .addAttribute(let identifier):
            identifier
        }
    }
}
