internal import FoundationEssentials

/// Which keys nobody uses any more, according to inventories of all vCenters that have keys here.
///
/// An inventory does not show VMs that are not registered, replicas, backups and exported templates: a key that they
/// need is called unused like any other. The operator decides; this says what the inventories say.
package struct ReclaimComparison: Hashable, Sendable {
    /// Why no key at all is called unused.
    package enum Obstacle: Hashable, Sendable {
        /// Nothing to compare with.
        case noInventory
        /// vCenter could not read them, or their keys were being changed: they may use any key.
        case unclearItems([InventoryItem])
        /// The vCenter of this name has none of the key providers.
        case providerMissing(vCenter: String)
        /// The vCenter of this name uses none of the keys: it is probably another server's.
        case nothingInCommon(vCenter: String)
    }

    package struct UsedKey: Hashable, Sendable {
        package let key: KnownKey
        package let users: [KeyUser]
    }

    package struct UnusedKey: Hashable, Sendable {
        package let key: KnownKey
        /// The VM or host that it was made for, if it is in the inventories and so uses other keys now, or none. Nil is
        /// the weaker evidence: the owner was deleted, or is in a vCenter of which no inventory was given.
        package let owner: InventoryItem?
    }

    package struct UnknownKey: Hashable, Sendable {
        package let identifier: String
        package let users: [KeyUser]
    }

    package let used: [UsedKey]
    /// Used, and destroyed or not active here: whoever restarts without it fails.
    package let usedAndNotServed: [UsedKey]
    package let unused: [UnusedKey]
    /// Not used, but too young or retrieved too recently to be called unused.
    package let recent: [KnownKey]
    /// Not used, and not called unused because of `obstacles`.
    package let undecided: [KnownKey]
    /// Used from one of this server's providers, and unknown to this server.
    package let unknown: [UnknownKey]
    package let obstacles: [Obstacle]

    /// - Parameter inventories: of every vCenter that has keys among `keys`.
    package init(keys: [KnownKey], inventories: [Inventory], policy: ReclaimPolicy) {
        let index = KeyIndex(inventories)
        let sorted = keys.sorted { $0.identifier < $1.identifier }
        let all = sorted.map { UsedKey(key: $0, users: index.users(of: $0.identifier)) }
        let used = all.filter { !$0.users.isEmpty }
        self.used = used.filter(\.key.isActive)
        usedAndNotServed = used.filter { !$0.key.isActive }
        obstacles = Self.obstacles(keys: keys, inventories, policy)

        let idle = all.filter { $0.users.isEmpty && !$0.key.isDestroyed }.map(\.key)
        let reference = inventories.map(\.exportedAt).reduce(policy.now, min)
        recent = idle.filter { Self.isRecent($0, at: reference, policy) }
        let quiet = idle.filter { !Self.isRecent($0, at: reference, policy) }
        undecided = obstacles.isEmpty ? [] : quiet
        let owners = Self.owners(in: inventories)
        unused = obstacles.isEmpty ? quiet.map { UnusedKey(key: $0, owner: $0.owner.flatMap { owners[$0] }) } : []
        let inferred = Set(used.flatMap { $0.users.map(\.use.provider) })
        unknown = Self.unknown(index, keys: keys, of: policy.providers.isEmpty ? inferred : policy.providers)
    }

    /// Counted from the oldest inventory, which cannot know what came later.
    private static func isRecent(_ key: KnownKey, at reference: Date, _ policy: ReclaimPolicy) -> Bool {
        if reference.timeIntervalSince(key.created) < policy.youngestAge { return true }
        guard let retrieved = key.lastRetrieved else { return false }
        return reference.timeIntervalSince(retrieved) < policy.quietTime
    }

    private static func obstacles(
        keys: [KnownKey],
        _ inventories: [Inventory],
        _ policy: ReclaimPolicy
    ) -> [Obstacle] {
        guard !inventories.isEmpty else { return [.noInventory] }
        var obstacles: [Obstacle] = []
        let unclear = inventories.flatMap(\.uncertainItems).filter { !policy.vouchedFor.contains($0.id) }
        if !unclear.isEmpty { obstacles.append(.unclearItems(unclear)) }
        let identifiers = Set(keys.map { KeyIndex.normal($0.identifier) })
        for inventory in inventories {
            let name = inventory.vCenter.name
            if !policy.providers.isEmpty, !inventory.providers.contains(where: { policy.providers.contains($0.name) }) {
                obstacles.append(.providerMissing(vCenter: name))
            } else if !policy.acceptsForeignInventory,
                identifiers.isDisjoint(with: KeyIndex([inventory]).identifiers)
            {
                obstacles.append(.nothingInCommon(vCenter: name))
            }
        }
        return obstacles
    }

    private static func owners(in inventories: [Inventory]) -> [String: InventoryItem] {
        let items = inventories.flatMap(\.items).filter { !$0.uuid.isEmpty }
        return Dictionary(items.map { ($0.uuid, $0) }) { first, _ in first }
    }

    private static func unknown(_ index: KeyIndex, keys: [KnownKey], of providers: Set<String>) -> [UnknownKey] {
        let known = Set(keys.map { KeyIndex.normal($0.identifier) })
        return index.identifiers.compactMap { identifier in
            guard !known.contains(identifier) else { return nil }
            let users = index.users(of: identifier).filter { providers.contains($0.use.provider) }
            return users.isEmpty ? nil : UnknownKey(identifier: users[0].use.key, users: users)
        }
    }
}
