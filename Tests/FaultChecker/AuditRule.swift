/// Every key that left, and every change, is in the audit trail with the client's name; and the trail tells of nothing else.
enum AuditRule {
    private struct Deed: Hashable {
        let action: Evidence.AuditRecord.Action
        let client: String
        let identifier: String
    }

    private struct Count {
        /// Answered with yes.
        var done = 0
        /// Answered with yes, or unclearly.
        var possible = 0
    }

    static func violations(_ index: EvidenceIndex) -> [Violation] {
        let counts = counts(index)
        let records = Dictionary(grouping: index.evidence.audit) {
            Deed(action: $0.action, client: $0.client, identifier: $0.identifier)
        }
        var found: [Violation] = []
        // By request: one that was delivered twice may have two records of its own, and they speak for no other.
        let requests = records.mapValues { Set($0.map(\.requestID)).count }
        for (deed, count) in counts where count.done > (requests[deed] ?? 0) {
            found.append(
                Violation(
                    .unaudited,
                    deed.identifier,
                    "\(deed.action.rawValue) by \(deed.client.prefix(8)): \(count.done) times answered,"
                        + " \(requests[deed] ?? 0) requests in the audit trail",
                    index.story(deed.identifier)
                )
            )
        }
        for deed in records.keys {
            // A job that was delivered twice is read twice, and is one request.
            let asked = requests[deed] ?? 0
            let possible = counts[deed]?.possible ?? 0
            guard asked > possible else { continue }
            found.append(
                Violation(
                    .auditUnasked,
                    deed.identifier,
                    "\(deed.action.rawValue) by \(deed.client.prefix(8)): \(asked) requests in the audit trail,"
                        + " \(possible) asked for",
                    index.story(deed.identifier)
                )
            )
        }
        return found + changesRecordedTwice(records, index)
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

    private static func counts(_ index: EvidenceIndex) -> [Deed: Count] {
        var counts: [Deed: Count] = [:]
        for entry in index.evidence.history {
            guard let action = action(of: entry.request) else { continue }
            var identifier = entry.identifier
            if identifier == nil, case .create(let serial) = entry.request, case .unclear = entry.outcome {
                identifier = index.storedBySerial[serial]?.first?.identifier
            }
            guard let identifier else { continue }
            let deed = Deed(action: action, client: entry.client, identifier: identifier)
            if entry.succeeded { counts[deed, default: Count()].done += 1 }
            if entry.mayBeDone { counts[deed, default: Count()].possible += 1 }
        }
        return counts
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
