/// What still depends on another key provider than the one that everything was to move to.
package struct MigrationCheck: Hashable, Sendable {
    package struct Remaining: Hashable, Sendable {
        package let item: InventoryItem
        /// Those of its uses that are of the old provider.
        package let uses: [KeyUse]
    }

    /// A key of the new provider with which something is wrong on the new server.
    package struct MissingKey: Hashable, Sendable {
        package let identifier: String
        /// Nil if the server does not know the key.
        package let state: String?
        package let users: [KeyUser]
    }

    package let provider: String
    /// Whether vCenter has a provider of that name at all.
    package let providerExists: Bool
    package let isSystemDefault: Bool
    /// Entities for which another provider is the default, by that provider's name.
    package let otherDefaults: [String: [String]]
    package let remaining: [Remaining]
    /// Items of which vCenter could not say which keys they use.
    package let unclear: [InventoryItem]
    /// How many items use the new provider alone.
    package let moved: Int
    /// Nil if no keys were given to compare with.
    package let missingKeys: [MissingKey]?

    /// - Parameters:
    ///   - old: nil for all other providers.
    ///   - keys: those of the new server; nil not to compare.
    package init(_ inventory: Inventory, from old: String?, to new: String, keys: KeyRoster?) {
        provider = new
        let known = inventory.provider(new)
        providerExists = known != nil
        isSystemDefault = known?.isSystemDefault ?? false
        let others = inventory.providers.filter { $0.name != new && (old == nil || $0.name == old) }
        otherDefaults = Dictionary(
            others.filter { !$0.isDefaultOf.isEmpty }.map { ($0.name, $0.isDefaultOf) }
        ) { first, _ in first }
        remaining = inventory.items.compactMap { item in
            let uses = item.uses.filter { use in old.map { use.provider == $0 } ?? (use.provider != new) }
            return uses.isEmpty ? nil : Remaining(item: item, uses: uses)
        }
        unclear = inventory.uncertainItems
        moved = inventory.items.count { item in
            item.isEncrypted && item.isCertain && item.uses.allSatisfy { $0.provider == new }
        }
        missingKeys = keys.map { Self.missing(in: $0, inventory, provider: new) }
    }

    /// Whether the old provider is needed for nothing that the inventory shows.
    package var isComplete: Bool {
        providerExists && isSystemDefault && otherDefaults.isEmpty && remaining.isEmpty && unclear.isEmpty
            && (missingKeys ?? []).isEmpty
    }

    private static func missing(in keys: KeyRoster, _ inventory: Inventory, provider: String) -> [MissingKey] {
        let index = KeyIndex([inventory])
        return index.identifiers.compactMap { identifier in
            let users = index.users(of: identifier).filter { $0.use.provider == provider }
            guard let first = users.first else { return nil }
            let state = keys.state(of: identifier)
            return state == KeyRoster.active ? nil : MissingKey(identifier: first.use.key, state: state, users: users)
        }
    }
}
