package import TTLV

/// What the standard lays down for an attribute: its value's type, since when it exists, how many an object may have.
package struct AttributeDefinition: Sendable {
    /// A field of an attribute that is a structure.
    package struct Field: Sendable {
        package let tag: Tag
        package let type: ItemType
        package let since: ProtocolVersion

        init(_ tag: Tag, _ type: ItemType, since: ProtocolVersion = .v10) {
            self.tag = tag
            self.type = type
            self.since = since
        }
    }

    package let name: AttributeName
    package let type: ItemType
    package let since: ProtocolVersion
    /// Whether an object may have several of it, told apart by index.
    package let isMultiInstance: Bool
    /// The fields of a structure, in order; empty for other types.
    package let fields: [Field]

    init(
        _ name: AttributeName,
        _ type: ItemType,
        since: ProtocolVersion = .v10,
        multiInstance: Bool = false,
        fields: [Field] = []
    ) {
        self.name = name
        self.type = type
        self.since = since
        self.isMultiInstance = multiInstance
        self.fields = fields
    }

    /// Whether a value has the attribute's type, and a structure only fields that it has, of their types, in order.
    ///
    /// Fields may be absent: Locate matches by some of them (section 4.9). Who needs one looks for it.
    package func accepts(_ value: ItemValue) -> Bool {
        guard value.type == type else { return false }
        guard case .structure(let items) = value else { return true }
        var position = fields.startIndex
        for item in items {
            guard let index = fields[position...].firstIndex(where: { $0.tag == item.tag }),
                fields[index].type == item.value.type
            else { return false }
            position = index
        }
        return true
    }

    /// The value without the fields that are newer than that version.
    func value(_ value: ItemValue, in version: ProtocolVersion) -> ItemValue {
        guard case .structure(let items) = value else { return value }
        let newer = fields.filter { $0.since > version }.map(\.tag)
        return .structure(items.filter { !newer.contains($0.tag) })
    }
}
