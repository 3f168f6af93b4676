internal import KeyModel

/// How the keys that a search is for are found: one or several walks through an index, each in the order of the list,
/// whose finds are merged.
struct KeyWalkPlan {
    /// So many keys does one walk look at, at most, where no index tells which of them are looked for.
    static let mostLookedAt = 10_000

    /// An attribute that no more objects have leads to them.
    static let mostLed = 2_000

    let walks: [KeyWalk]
    let limit: Int
    /// The order of the list.
    let precedes: (WalkedKey, WalkedKey) -> Bool

    init(_ search: KeySearch, in instance: InstanceIdentifier, at now: Timestamp, leading digest: [UInt8]?) {
        limit = min(max(search.limit, 1), KeySearch.mostKeys)
        let builder = KeyWalkBuilder(search: search, instance: instance, now: now, limit: limit)
        if let prefix = search.identifierPrefix {
            walks = [builder.byIdentifier(prefix)]
            precedes = { $0.identifier.text < $1.identifier.text }
            return
        }
        precedes = { one, other in
            one.created == other.created
                ? one.identifier.text < other.identifier.text : one.created > other.created
        }
        if let digest {
            walks = [builder.byAttribute(digest)]
        } else if search.states.isEmpty {
            walks = [builder.byDate()] + (search.isForEverything ? builder.withoutDate() : [])
        } else {
            walks = EffectiveState.conditions(search.states).map { builder.byState($0) }
        }
    }
}

extension KeySearch {
    /// Whether it leaves nothing out, not even records that somebody took the date from.
    fileprivate var isForEverything: Bool {
        attributes.isEmpty && states.isEmpty && createdFrom == nil && createdBefore == nil && retrieval == nil
    }
}

/// One statement that finds keys in the order of the list.
struct KeyWalk {
    let statement: String
    let parameters: [StoreValue]
    let limit: Int
}
