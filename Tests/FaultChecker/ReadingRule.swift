/// From its acknowledgement on, a key can be had of every gateway, and is the same bytes each time, until someone asks for
/// its destruction.
enum ReadingRule {
    static func violations(_ index: EvidenceIndex) -> [Violation] {
        index.promised.flatMap { serial, identifier, create in
            unreadable(identifier, since: create.answered, index)
                + unlocated(serial, identifier, since: create.answered, index)
        } + changed(index)
    }

    private static func unreadable(_ identifier: String, since: Double, _ index: EvidenceIndex) -> [Violation] {
        let entries = index.entries[identifier] ?? []
        return entries.compactMap { entry in
            guard entry.invoked > since, case .refused(let refusal) = entry.outcome else { return nil }
            switch (entry.request, refusal) {
            case (.get, _):
                guard !mayBeDestroyed(entries, before: entry.answered) else { return nil }
            // A destroyed key's attributes stay.
            case (_, .notFound), (.state, _): break
            default: return nil
            }
            return Violation(
                .keyUnreadable,
                identifier,
                "\(entry.kind) was refused (\(refusal.rawValue)) by gateway \(entry.gateway) at \(entry.answered)",
                index.story(identifier)
            )
        }
    }

    /// A search by its serial number finds a key, and that one only; but not a destroyed one.
    private static func unlocated(
        _ serial: String,
        _ identifier: String,
        since: Double,
        _ index: EvidenceIndex
    ) -> [Violation] {
        let entries = index.entries[identifier] ?? []
        return (index.locates[serial] ?? []).compactMap { locate in
            guard case .located(let found) = locate.outcome else { return nil }
            if found.contains(where: { $0 != identifier }) {
                return Violation(.createdTwice, serial, "located as \(found)", index.story(identifier, serial: serial))
            }
            if found.isEmpty, locate.invoked > since, !mayBeDestroyed(entries, before: locate.answered) {
                return Violation(
                    .keyUnreadable,
                    identifier,
                    "not located at \(locate.answered) by gateway \(locate.gateway)",
                    index.story(identifier)
                )
            }
            if !found.isEmpty, isDestroyed(entries, before: locate.invoked) {
                return Violation(
                    .destroyedKeyRead,
                    identifier,
                    "located at \(locate.answered) after its destruction",
                    index.story(identifier)
                )
            }
            return nil
        }
    }

    private static func mayBeDestroyed(_ entries: [HistoryEntry], before moment: Double) -> Bool {
        entries.contains { entry in
            guard case .destroy = entry.request else { return false }
            return entry.invoked < moment && entry.mayBeDone
        }
    }

    private static func isDestroyed(_ entries: [HistoryEntry], before moment: Double) -> Bool {
        entries.contains { $0.provenState == .destroyed && $0.answered < moment }
    }

    private static func changed(_ index: EvidenceIndex) -> [Violation] {
        index.entries.compactMap { identifier, entries in
            var digests = Set(
                entries.compactMap { entry -> String? in
                    if case .got(let digest) = entry.outcome { digest } else { nil }
                }
            )
            guard !digests.isEmpty else { return nil }
            if let stored = index.storedByIdentifier[identifier] { digests.insert(stored.digest) }
            guard digests.count > 1 else { return nil }
            let texts = digests.map { String($0.prefix(8)) }.sorted().joined(separator: ", ")
            return Violation(.bytesChanged, identifier, "digests \(texts)", index.story(identifier))
        }
    }
}
