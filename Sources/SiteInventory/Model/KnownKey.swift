package import FoundationEssentials

/// A key as this server's records have it.
package struct KnownKey: Hashable, Sendable {
    package let identifier: String
    /// As the server calls it, such as `active`.
    package let state: String
    /// Whether its material is gone for good.
    package let isDestroyed: Bool
    /// Whether the server gives it to those who ask: vCenter takes a key in any other state for missing.
    package let isActive: Bool
    /// Those that vCenter sets, by their names: `x-Name`, `x-Identifier` and so on.
    package let attributes: [String: String]
    package let created: Date
    /// Nil if it never was.
    package let lastRetrieved: Date?

    package init(
        identifier: String,
        state: State,
        attributes: [String: String],
        created: Date,
        lastRetrieved: Date?
    ) {
        self.identifier = identifier
        self.state = state.text
        isDestroyed = state.isDestroyed
        isActive = state.isActive
        self.attributes = attributes
        self.created = created
        self.lastRetrieved = lastRetrieved
    }

    package struct State: Hashable, Sendable {
        let text: String
        let isDestroyed: Bool
        let isActive: Bool

        package init(_ text: String, isActive: Bool, isDestroyed: Bool) {
            self.text = text
            self.isActive = isActive
            self.isDestroyed = isDestroyed
        }
    }

    /// The UUID of the VM or host that vCenter made it for, as vCenter noted it.
    package var owner: String? {
        attributes["x-Identifier"].map { $0.lowercased() }
    }
}
