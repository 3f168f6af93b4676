package import KeyModel

extension ReadTransaction {
    /// The part of an instance's keys that an operator wants to see, in the order that `KeySearch` has.
    ///
    /// What one part costs is bounded, however many keys there are: where an index leads to what is looked for, by the
    /// part; where it does not, by `KeyWalkPlan.mostLookedAt` keys, of which the part has those that fit, and the next
    /// part goes on behind them. It also ends before its message would be too large for the queue.
    ///
    /// A record that fails its authentication is among the keys as that.
    package func keys(
        _ search: KeySearch,
        in instance: InstanceIdentifier,
        at now: Timestamp
    ) throws -> KeyList {
        let texts = [instance.text, search.identifierPrefix ?? "", search.after?.identifier.text ?? ""]
        // No text column holds it: there is no such key.
        guard texts.allSatisfy({ !$0.utf8.contains(0) }) else { return KeyList(keys: [], next: nil) }
        let plan = KeyWalkPlan(search, in: instance, at: now, leading: try leadingDigest(search, in: instance))
        let walked = try plan.walks.map { walk in
            try WalkedKeys(engine.rows(walk.statement, walk.parameters), limit: walk.limit)
        }
        let (keys, next) = WalkedKeys.merged(walked, limit: plan.limit, precedes: plan.precedes)
        return try list(keys, next, search, in: instance, at: now)
    }

    /// The digest of the attribute that fewest objects have, if those are few: then they are looked at, one by one.
    private func leadingDigest(_ search: KeySearch, in instance: InstanceIdentifier) throws -> [UInt8]? {
        guard search.identifierPrefix == nil else { return nil }
        var best: (count: Int, digest: [UInt8])?
        for digest in search.attributes.map({ AttributeRow($0).matchDigest }) {
            let rows = try engine.rows(
                """
                SELECT COUNT(*) FROM (SELECT 1 FROM object_attributes a \
                WHERE a.instance = ? AND a.match_digest = ? LIMIT ?) c
                """,
                [.text(instance.text), .blob(digest), .integer(KeyWalkPlan.mostLed + 1)]
            )
            var row = RowReader(.objectAttributes, rows.first ?? [], keyColumnCount: 0)
            let count = try row.int()
            if count <= KeyWalkPlan.mostLed, count < best?.count ?? .max { best = (count, digest) }
        }
        return best?.digest
    }

    /// Far below what a message may have. A key with more in its attributes is a part of its own.
    static let mostBytes = 1 << 20

    private func list(
        _ walked: [WalkedKey],
        _ end: WalkedKey?,
        _ search: KeySearch,
        in instance: InstanceIdentifier,
        at now: Timestamp
    ) throws -> KeyList {
        let keys = walked.map { ObjectKey(instance: instance, identifier: $0.identifier) }
        let found = try objects(keys)
        let retrievals = try lastRetrievals(keys)
        var entries: [KeyEntry] = []
        var byteCount = 0
        for (index, key) in keys.enumerated() {
            guard let entry = try entry(key, found[key], retrievals[key], search, at: now) else { continue }
            if case .key(let description) = entry { byteCount += description.byteCount }
            if byteCount > Self.mostBytes, !entries.isEmpty {
                return KeyList(keys: entries, next: walked[index - 1].position)
            }
            entries.append(entry)
        }
        return KeyList(keys: entries, next: end?.position)
    }

    /// - Returns: nil for what is not looked for after all: what finds objects is not authenticated.
    private func entry(
        _ key: ObjectKey,
        _ found: Result<ManagedObject, StoreError>?,
        _ lastRetrieved: Timestamp?,
        _ search: KeySearch,
        at now: Timestamp
    ) throws -> KeyEntry? {
        switch found {
        case .success(var object)?:
            object.settle(at: now)
            return search.matches(object) ? .key(KeyDescription(object, lastRetrieved: lastRetrieved)) : nil
        case .failure(let error)? where error.code != .recordCorrupted: throw error
        case .failure?, nil: return .corrupted(key.identifier)
        }
    }
}
