/// Finds what was promised to clients and not kept. Pure: evidence in, violations out.
package enum PromiseChecker {
    package static func violations(in evidence: Evidence) -> [Violation] {
        let index = EvidenceIndex(evidence)
        return AnswerRule.violations(index) + CreationRule.violations(index) + ReadingRule.violations(index)
            + StateRule.violations(index) + AuditRule.violations(index)
    }

    /// Keys whose Create was answered unclearly and that are there: what the store may hold beside what was promised.
    package static func unansweredKeyCount(in evidence: Evidence) -> Int {
        EvidenceIndex(evidence).unansweredKeys.count
    }
}

/// The evidence, by key.
struct EvidenceIndex {
    let evidence: Evidence
    let storedByIdentifier: [String: Evidence.StoredKey]
    let storedBySerial: [String: [Evidence.StoredKey]]
    /// By identifier, in the order of invocation; the Create is among them where it was acknowledged.
    let entries: [String: [HistoryEntry]]
    /// By serial number.
    let creates: [String: HistoryEntry]
    let locates: [String: [HistoryEntry]]

    init(_ evidence: Evidence) {
        self.evidence = evidence
        let history = evidence.history.sorted { $0.invoked < $1.invoked }
        storedByIdentifier = Dictionary(evidence.stored.map { ($0.identifier, $0) }) { first, _ in first }
        storedBySerial = Dictionary(grouping: evidence.stored.filter { $0.serial != nil }) { $0.serial ?? "" }
        entries = Dictionary(grouping: history.filter { $0.identifier != nil }) { $0.identifier ?? "" }
        var creates: [String: HistoryEntry] = [:]
        var locates: [String: [HistoryEntry]] = [:]
        for entry in history {
            switch entry.request {
            case .create(let serial): creates[serial] = entry
            case .locate(let serial): locates[serial, default: []].append(entry)
            default: break
            }
        }
        self.creates = creates
        self.locates = locates
    }

    /// Identifiers by serial number, and when they were promised.
    var promised: [(serial: String, identifier: String, create: HistoryEntry)] {
        creates.compactMap { serial, create in
            guard case .created(let identifier) = create.outcome else { return nil }
            return (serial, identifier, create)
        }
    }

    var unansweredKeys: [Evidence.StoredKey] {
        evidence.stored.filter { key in
            guard let serial = key.serial, let create = creates[serial] else { return false }
            return create.isOpen
        }
    }

    /// All that clients did with a key, for people.
    func story(_ identifier: String, serial: String? = nil) -> [HistoryEntry] {
        let serial = serial ?? storedByIdentifier[identifier]?.serial
        let ofSerial = serial.map { (creates[$0].map { [$0] } ?? []) + (locates[$0] ?? []) } ?? []
        return Array(Set((entries[identifier] ?? []) + ofSerial)).sorted { $0.invoked < $1.invoked }
    }
}
