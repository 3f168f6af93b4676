internal import KeyModel

/// A key that a walk came by.
struct WalkedKey: Hashable {
    let identifier: UniqueIdentifier
    /// The least there is for a date that is none.
    let created: Int64
    /// Whether it is one that is looked for.
    let fits: Bool

    var position: KeySearch.Position {
        KeySearch.Position(created: Timestamp(secondsSince1970: created), identifier: identifier)
    }
}

/// What one walk came by, in the order of the list.
struct WalkedKeys {
    let keys: [WalkedKey]
    /// Whether there may be more.
    let isCutOff: Bool

    init(keys: [WalkedKey], isCutOff: Bool) {
        self.keys = keys
        self.isCutOff = isCutOff
    }

    /// - Parameters:
    ///   - rows: of identifier, date, and whether the key fits.
    ///   - limit: of the walk's rows.
    init(_ rows: [[StoreValue]], limit: Int) throws(StoreError) {
        var keys: [WalkedKey] = []
        keys.reserveCapacity(rows.count)
        for values in rows {
            var row = RowReader(.managedObjects, values, keyColumnCount: 1)
            let identifier = UniqueIdentifier(try row.text())
            let date = try row.value()
            let created: Int64 = if case .integer(let seconds) = date { seconds } else { .min }
            keys.append(WalkedKey(identifier: identifier, created: created, fits: try row.integer() != 0))
        }
        self.init(keys: keys, isCutOff: rows.count >= limit)
    }

    /// Puts the finds of several walks in order.
    ///
    /// Where a walk was cut off, nothing is said about what comes behind its last key: it could have had more there.
    ///
    /// - Returns: the keys that fit, `limit` at most, and behind which key to go on; nil if there is nothing more.
    static func merged(
        _ walks: [WalkedKeys],
        limit: Int,
        precedes: (WalkedKey, WalkedKey) -> Bool
    ) -> (keys: [WalkedKey], next: WalkedKey?) {
        let end = walks.filter(\.isCutOff).compactMap(\.keys.last).min(by: precedes)
        let all = walks.flatMap(\.keys).sorted(by: precedes)
        let seen = end.map { end in all.filter { !precedes(end, $0) } } ?? all
        let fitting = seen.filter(\.fits)
        guard fitting.count > limit else { return (fitting, end) }
        let part = Array(fitting.prefix(limit))
        return (part, part.last)
    }
}
