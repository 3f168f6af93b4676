/// Who uses which key, by identifiers that are compared without regard to case: a difference in spelling must not make
/// a key look unused.
struct KeyIndex {
    private var users: [String: [KeyUser]] = [:]

    init(_ inventories: [Inventory]) {
        for inventory in inventories {
            for item in inventory.items {
                for use in item.uses where !use.key.isEmpty {
                    users[Self.normal(use.key), default: []].append(KeyUser(item: item, use: use))
                }
            }
        }
    }

    func users(of identifier: String) -> [KeyUser] {
        users[Self.normal(identifier)] ?? []
    }

    var identifiers: [String] { users.keys.sorted() }

    static func normal(_ identifier: String) -> String {
        identifier.lowercased()
    }
}

/// An item that uses a key, and what for.
package struct KeyUser: Hashable, Sendable {
    package let item: InventoryItem
    package let use: KeyUse
}
