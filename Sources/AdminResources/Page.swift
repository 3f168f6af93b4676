/// A part of a list, in order of name.
package struct Page<Item: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    package let items: [Item]
    /// What to give as `cursor` to get the part behind this one; absent at the end. It means nothing to clients.
    package let nextCursor: String?

    package init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }
}
