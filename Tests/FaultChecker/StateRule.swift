/// A key's state only goes forward, each step because a client asked for it, and each step once.
///
/// Operations that overlap in time may have taken effect in either order; what was answered before another was invoked
/// came before it.
enum StateRule {
    static func violations(_ index: EvidenceIndex) -> [Violation] {
        index.entries.flatMap { identifier, entries in
            wentBack(identifier, entries, index) + doneTwice(identifier, entries, index)
                + unasked(identifier, entries, index) + storedWrongly(identifier, entries, index)
        }
    }

    private static func wentBack(
        _ identifier: String,
        _ entries: [HistoryEntry],
        _ index: EvidenceIndex
    ) -> [Violation] {
        let proofs = entries.filter { $0.provenState != nil }
        guard !proofs.isEmpty else { return [] }
        return entries.compactMap { entry in
            let before = proofs.filter { $0.answered < entry.invoked }
            guard let least = before.compactMap(\.provenState).max(), let most = latestState(allowing: entry),
                least > most
            else { return nil }
            let isRead = if case .got = entry.outcome { true } else { false }
            return Violation(
                isRead ? .destroyedKeyRead : .stateWentBack,
                identifier,
                "it was \(least), and at \(entry.answered) \(entry.kind) says that it is \(most) at most",
                index.story(identifier)
            )
        }
    }

    /// The last state in which the server could have answered so.
    private static func latestState(allowing entry: HistoryEntry) -> KeyState? {
        switch (entry.request, entry.outcome) {
        case (.state, .state(let state)): state
        case (.activate, .done): .preActive
        case (.revoke, .done): .active
        case (.destroy, .done), (.get, .got): .deactivated
        default: nil
        }
    }

    /// Each step is possible in one state only, and leads out of it.
    private static func doneTwice(
        _ identifier: String,
        _ entries: [HistoryEntry],
        _ index: EvidenceIndex
    ) -> [Violation] {
        let steps = Dictionary(grouping: entries.filter { $0.outcome == .done }, by: \.kind)
        return steps.compactMap { kind, done in
            guard kind != "Add Attribute", done.count > 1 else { return nil }
            return Violation(
                .stateWentBack,
                identifier,
                "\(kind) was acknowledged \(done.count) times",
                index.story(identifier)
            )
        }
    }

    private static func unasked(
        _ identifier: String,
        _ entries: [HistoryEntry],
        _ index: EvidenceIndex
    ) -> [Violation] {
        entries.compactMap { entry in
            guard case .state(let state) = entry.outcome, !isAsked(state, entries, before: entry.answered) else {
                return nil
            }
            return Violation(
                .stateUnasked,
                identifier,
                "\(state) at \(entry.answered), and nobody had asked for that",
                index.story(identifier)
            )
        }
    }

    private static func storedWrongly(
        _ identifier: String,
        _ entries: [HistoryEntry],
        _ index: EvidenceIndex
    ) -> [Violation] {
        guard let stored = index.storedByIdentifier[identifier] else { return [] }
        if let least = entries.compactMap(\.provenState).max(), stored.state < least {
            return [
                Violation(
                    .stateWentBack,
                    identifier,
                    "it was \(least), and is stored as \(stored.state)",
                    index.story(identifier)
                )
            ]
        }
        guard !isAsked(stored.state, entries, before: .infinity) else { return [] }
        return [
            Violation(
                .stateUnasked,
                identifier,
                "stored as \(stored.state), and nobody asked for that",
                index.story(identifier)
            )
        ]
    }

    private static func isAsked(_ state: KeyState, _ entries: [HistoryEntry], before moment: Double) -> Bool {
        guard state != .preActive else { return true }
        return entries.contains { entry in
            guard entry.invoked < moment, entry.mayBeDone else { return false }
            return switch (state, entry.request) {
            case (.active, .activate), (.deactivated, .revoke), (.destroyed, .destroy): true
            default: false
            }
        }
    }
}
