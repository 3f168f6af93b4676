/// Which keys of an instance an operator wants to see: those to which everything here applies.
///
/// They come newest first, those of the same second by identifier; all by identifier where a prefix is asked for.
package struct KeySearch: Hashable, Sendable {
    /// So many keys are in one part of a list at most.
    package static let mostKeys = 500

    /// So many attributes can be asked for at once.
    package static let mostAttributes = 16

    /// What the identifier begins with: a whole one finds one key.
    package var identifierPrefix: String?
    /// Text attributes that a key has all of, such as `x-Name`; their index does not count.
    package var attributes: [Attribute] = []
    /// Empty for every state.
    package var states: Set<ObjectState> = []
    /// Created at that moment or later.
    package var createdFrom: Timestamp?
    package var createdBefore: Timestamp?
    package var retrieval: Retrieval?
    package var limit: Int
    /// Nil for the first part.
    package var after: Position?

    package init(limit: Int = KeySearch.mostKeys) {
        self.limit = limit
    }

    package enum Retrieval: Hashable, Sendable {
        /// Never, or the last time before that moment.
        case notSince(Timestamp)
        case never
    }

    /// A key's place in the order of the list.
    package struct Position: Hashable, Sendable {
        package let created: Timestamp
        package let identifier: UniqueIdentifier

        package init(created: Timestamp, identifier: UniqueIdentifier) {
            self.created = created
            self.identifier = identifier
        }
    }

    /// Whether an object, settled, is one that is looked for, as far as its authenticated content says.
    package func matches(_ object: ManagedObject) -> Bool {
        guard states.isEmpty || states.contains(object.state) else { return false }
        guard identifierPrefix.map(object.identifier.text.hasPrefix) ?? true else { return false }
        return attributes.allSatisfy { wanted in
            object.attributes.contains { $0.name == wanted.name && $0.value == wanted.value }
        }
    }
}
