/// Each acknowledged Create made one key, which is there; each other Create made one or none; and there is no key beside.
enum CreationRule {
    static func violations(_ index: EvidenceIndex) -> [Violation] {
        var found: [Violation] = []
        for (serial, identifier, _) in index.promised {
            guard let key = index.storedByIdentifier[identifier] else {
                found.append(
                    Violation(
                        .keyLost,
                        identifier,
                        "its Create was acknowledged, and the store does not have it",
                        index.story(identifier, serial: serial)
                    )
                )
                continue
            }
            guard key.serial == serial else {
                found.append(
                    Violation(
                        .keyUnasked,
                        identifier,
                        "asked for as \(serial), stored as \(key.serial ?? "nothing")",
                        index.story(identifier, serial: serial)
                    )
                )
                continue
            }
        }
        return found + repeated(index) + unasked(index) + miscounted(index)
    }

    private static func repeated(_ index: EvidenceIndex) -> [Violation] {
        let twice = index.storedBySerial.filter { $0.value.count > 1 }.map { serial, keys in
            Violation(
                .createdTwice,
                serial,
                "one Create made \(keys.map(\.identifier).sorted().joined(separator: " and "))",
                keys.flatMap { index.story($0.identifier) }
            )
        }
        let shared = Dictionary(grouping: index.promised) { $0.identifier }.filter { $0.value.count > 1 }
        return twice
            + shared.map { identifier, creates in
                Violation(
                    .createdTwice,
                    identifier,
                    "the answer to each of \(creates.map(\.serial).sorted().joined(separator: ", "))",
                    creates.map(\.create)
                )
            }
    }

    private static func unasked(_ index: EvidenceIndex) -> [Violation] {
        index.evidence.stored.compactMap { key in
            guard let serial = key.serial, let create = index.creates[serial] else {
                return Violation(.keyUnasked, key.identifier, "the store has it and nobody asked for it")
            }
            guard case .refused = create.outcome else { return nil }
            return Violation(.keyUnasked, key.identifier, "its Create was refused", index.story(key.identifier))
        }
    }

    /// A sum that says nothing new where the rules above are right.
    private static func miscounted(_ index: EvidenceIndex) -> [Violation] {
        let (stored, promised) = (index.evidence.stored.count, index.promised.count)
        let unanswered = index.unansweredKeys.count
        guard stored != promised + unanswered else { return [] }
        return [
            Violation(.numberWrong, "store", "\(stored) keys, not \(promised) promised and \(unanswered) unanswered")
        ]
    }
}
