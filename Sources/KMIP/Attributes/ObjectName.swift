package import TTLV

/// The value of the Name attribute (KMIP 1.4, section 3.2), and the reference to a template (section 2.1.8).
package struct ObjectName: Hashable, Sendable {
    package var value: String
    package var type: NameType

    package init(_ value: String, type: NameType = .uninterpretedTextString) {
        self.value = value
        self.type = type
    }

    /// Nil if a field is missing or there are others.
    package init?(_ value: ItemValue) {
        guard case .structure(let items) = value, items.count == 2,
            items[0].tag == .nameValue, case .text(let text) = items[0].value,
            items[1].tag == .nameType, case .enumeration(let type) = items[1].value
        else { return nil }
        self.init(text, type: NameType(rawValue: type))
    }

    package var attributeValue: ItemValue {
        .structure([Item(.nameValue, .text(value)), Item(.nameType, .enumeration(type.rawValue))])
    }
}

extension ObjectName {
    static func readIfPresent(_ reader: inout ItemReader) throws -> ObjectName? {
        guard var fields = try reader.structureIfPresent(.name) else { return nil }
        let value = try fields.text(.nameValue)
        let type = try fields.enumeration(.nameType, NameType.self)
        try fields.finish()
        return ObjectName(value, type: type)
    }

    func encode(into writer: inout ItemWriter) {
        writer.value(.name, attributeValue)
    }
}
