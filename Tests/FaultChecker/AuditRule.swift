/// Every key that left, and every change, is in the audit trail with the client's name; and the trail tells of nothing else.
enum AuditRule {
    private struct Deed: Hashable {
        let action: Evidence.AuditRecord.Action
        let client: String
        let identifier: String
    }

    private struct Change: Hashable {
        let action: Evidence.AuditRecord.Action
        let identifier: String
    }

    private struct Asked {
        /// From the invocation to the answer, of each that was answered with yes.
        var done: [ClosedRange<Double>] = []
        /// How many were answered with yes, or unclearly.
        var possible = 0
    }

    static func violations(_ index: EvidenceIndex) -> [Violation] {
        let asked = asked(index)
        let records = Dictionary(grouping: index.evidence.audit) {
            Deed(action: $0.action, client: $0.client, identifier: $0.identifier)
        }
        return unrecorded(asked, records, index) + unasked(asked, records, index) + changesRecordedTwice(records, index)
            + lostChangesUnrecorded(asked, records, index)
    }

    /// What was answered with yes has a record of its own, made while it was done. So the record of a request whose answer
    /// was lost does not speak for another one, unless both were under way in the same moment.
    private static func unrecorded(
        _ asked: [Deed: Asked],
        _ records: [Deed: [Evidence.AuditRecord]],
        _ index: EvidenceIndex
    ) -> [Violation] {
        asked.compactMap { deed, asked in
            guard !asked.done.isEmpty else { return nil }
            let found = requests(records[deed] ?? [])
            let recorded = pairCount(asked.done, found)
            guard recorded < asked.done.count else { return nil }
            return Violation(
                .unaudited,
                deed.identifier,
                "\(deed.action.rawValue) by \(deed.client.prefix(8)): \(asked.done.count) times answered,"
                    + " \(found.count) requests in the audit trail, \(recorded) of them while it was done",
                index.story(deed.identifier)
            )
        }
    }

    private static func unasked(
        _ asked: [Deed: Asked],
        _ records: [Deed: [Evidence.AuditRecord]],
        _ index: EvidenceIndex
    ) -> [Violation] {
        records.compactMap { deed, records in
            let found = requests(records).count
            let possible = asked[deed]?.possible ?? 0
            guard found > possible else { return nil }
            return Violation(
                .auditUnasked,
                deed.identifier,
                "\(deed.action.rawValue) by \(deed.client.prefix(8)): \(found) requests in the audit trail,"
                    + " \(possible) asked for",
                index.story(deed.identifier)
            )
        }
    }

    /// The record of a change is committed with it, and so as often.
    private static func changesRecordedTwice(
        _ records: [Deed: [Evidence.AuditRecord]],
        _ index: EvidenceIndex
    ) -> [Violation] {
        let changes = records.filter { $0.key.action != .read }
        let byKey = Dictionary(grouping: changes) { "\($0.key.action.rawValue) \($0.key.identifier)" }
        return byKey.values.compactMap { same in
            let count = same.map(\.value.count).reduce(0, +)
            guard count > 1, let deed = same.first?.key else { return nil }
            return Violation(
                .auditUnasked,
                deed.identifier,
                "\(deed.action.rawValue) is \(count) times in the audit trail",
                index.story(deed.identifier)
            )
        }
    }

    /// A change whose answer was lost is on the record like any other: that the key is there, and each state that it has or
    /// was seen in, says that the change was made.
    private static func lostChangesUnrecorded(
        _ asked: [Deed: Asked],
        _ records: [Deed: [Evidence.AuditRecord]],
        _ index: EvidenceIndex
    ) -> [Violation] {
        let recorded = Set(records.keys.map { Change(action: $0.action, identifier: $0.identifier) })
        // Those are looked at above.
        let answered = Set(
            asked.filter { !$0.value.done.isEmpty }.keys.map {
                Change(action: $0.action, identifier: $0.identifier)
            }
        )
        var found: [Violation] = []
        for key in index.evidence.stored {
            let seen = (index.entries[key.identifier] ?? []).compactMap(\.provenState)
            var actions: Set<Evidence.AuditRecord.Action> = [.create]
            for state in seen + [key.state] { actions.formUnion(changes(before: state)) }
            for action in actions {
                let change = Change(action: action, identifier: key.identifier)
                guard !recorded.contains(change), !answered.contains(change) else { continue }
                found.append(
                    Violation(
                        .unaudited,
                        key.identifier,
                        "\(action.rawValue) was done, and the audit trail does not have it",
                        index.story(key.identifier)
                    )
                )
            }
        }
        return found
    }

    /// What must have been done to a key in this state. Only an active one is revoked; a destroyed one may have been either.
    private static func changes(before state: KeyState) -> [Evidence.AuditRecord.Action] {
        switch state {
        case .preActive: []
        case .active: [.activate]
        case .deactivated: [.activate, .revoke]
        case .destroyed: [.destroy]
        }
    }

    /// When each request was done first: one that was delivered twice may have two records, and they speak for no other.
    private static func requests(_ records: [Evidence.AuditRecord]) -> [ClosedRange<Double>] {
        Dictionary(grouping: records, by: \.requestID).values.compactMap { same in
            same.map(\.moments).min { $0.lowerBound < $1.lowerBound }
        }
    }

    /// How many of the answers can have a record each: the largest matching, by augmenting paths.
    private static func pairCount(_ answers: [ClosedRange<Double>], _ records: [ClosedRange<Double>]) -> Int {
        var owners = [Int?](repeating: nil, count: records.count)
        func findRecord(for answer: Int, _ tried: inout Set<Int>) -> Bool {
            for record in records.indices where records[record].overlaps(answers[answer]) {
                guard tried.insert(record).inserted else { continue }
                if let owner = owners[record], !findRecord(for: owner, &tried) { continue }
                owners[record] = answer
                return true
            }
            return false
        }
        var count = 0
        for answer in answers.indices {
            var tried: Set<Int> = []
            if findRecord(for: answer, &tried) { count += 1 }
        }
        return count
    }

    private static func asked(_ index: EvidenceIndex) -> [Deed: Asked] {
        var asked: [Deed: Asked] = [:]
        for entry in index.evidence.history {
            guard let action = action(of: entry.request) else { continue }
            var identifier = entry.identifier
            if identifier == nil, case .create(let serial) = entry.request, entry.isOpen {
                identifier = index.storedBySerial[serial]?.first?.identifier
            }
            guard let identifier else { continue }
            let deed = Deed(action: action, client: entry.client, identifier: identifier)
            if entry.succeeded { asked[deed, default: Asked()].done.append(entry.invoked...entry.answered) }
            if entry.mayBeDone { asked[deed, default: Asked()].possible += 1 }
        }
        return asked
    }

    private static func action(of request: HistoryEntry.Request) -> Evidence.AuditRecord.Action? {
        switch request {
        case .create: .create
        case .get: .read
        case .activate: .activate
        case .revoke: .revoke
        case .destroy: .destroy
        case .state, .locate, .addAttribute: nil
        }
    }
}
