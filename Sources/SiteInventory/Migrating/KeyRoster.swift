internal import FoundationEssentials

/// Which keys a server has, and in which states.
package struct KeyRoster: Hashable, Sendable {
    /// The state in which vCenter can use a key.
    static let active = "active"

    private let states: [String: String]

    package init(_ states: [(identifier: String, state: String)]) {
        self.states = Dictionary(states.map { (KeyIndex.normal($0.identifier), $0.state) }) { first, _ in first }
    }

    /// Reads a JSON array of objects that have `identifier` and `state`, among other things.
    package init(json: [UInt8]) throws(InventoryError) {
        guard json.count <= Inventory.longestFile else {
            throw InventoryError(
                .tooLarge,
                "it is larger than \(Inventory.longestFile >> 20) MiB",
                advice: Self.expected
            )
        }
        let entries: [Entry]
        do {
            entries = try JSONDecoder().decode([Entry].self, from: Data(json))
        } catch {
            throw InventoryError(.malformed, "it is no list of keys in JSON", advice: Self.expected)
        }
        self.init(entries.map { ($0.identifier, $0.state) })
    }

    package func state(of identifier: String) -> String? {
        states[KeyIndex.normal(identifier)]
    }

    private static let expected =
        "Expected is a JSON array of objects with 'identifier' and 'state', such as [{\"identifier\": \"…\", "
        + "\"state\": \"active\"}]."

    private struct Entry: Decodable {
        let identifier: String
        let state: String
    }
}
