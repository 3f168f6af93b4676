import KMIP
import KeyModel
import TTLV

/// Attributes between KMIP's types and the model's. Structures keep their fields by the standard's names, so that what
/// the store holds does not depend on tags.
extension KMIP.Attribute {
    /// - Parameter attribute: as a worker gave it.
    /// - Parameter indexed: whether the index is sent where it is 0.
    init(_ attribute: KeyModel.Attribute) {
        let isMultiple = AttributeName(attribute.name.text).definition?.isMultiInstance ?? true
        // An absent index means 0 (KMIP 1.4, 2.1.1); it is sent where an attribute can have several instances.
        let index = isMultiple && attribute.index > 0 ? Int32(clamping: attribute.index) : nil
        self.init(KMIP.AttributeName(attribute.name.text), index: index, ItemValue(attribute.value))
    }

    var model: KeyModel.Attribute {
        KeyModel.Attribute(
            name: KeyModel.AttributeName(name.rawValue),
            index: Int(index ?? 0),
            value: AttributeValue(value)
        )
    }
}

extension [KeyModel.Attribute] {
    /// What may be sent in a version: attributes that it does not define are left out.
    func kmip(in version: ProtocolVersion) -> [KMIP.Attribute] {
        map(KMIP.Attribute.init).filter { $0.name.isDefined(in: version) }
    }
}

extension ItemValue {
    init(_ value: AttributeValue) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .longInteger(let number): self = .longInteger(number)
        case .bigInteger(let bytes): self = .bigInteger(bytes)
        case .enumeration(let number): self = .enumeration(number)
        case .boolean(let flag): self = .boolean(flag)
        case .text(let text): self = .text(text)
        case .bytes(let bytes): self = .bytes(bytes)
        case .dateTime(let date): self = .dateTime(date.secondsSince1970)
        case .interval(let seconds): self = .interval(seconds)
        case .structure(let fields):
            self = .structure(fields.map { Item(TagNames.tag(named: $0.name), ItemValue($0.value)) })
        }
    }
}

extension AttributeValue {
    init(_ value: ItemValue) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .longInteger(let number): self = .longInteger(number)
        case .bigInteger(let bytes): self = .bigInteger(bytes)
        case .enumeration(let number): self = .enumeration(number)
        case .boolean(let flag): self = .boolean(flag)
        case .text(let text): self = .text(text)
        case .bytes(let bytes): self = .bytes(bytes)
        case .dateTime(let seconds): self = .dateTime(Timestamp(secondsSince1970: seconds))
        case .interval(let seconds): self = .interval(seconds)
        case .structure(let items):
            self = .structure(items.map { Field(name: $0.tag.name, value: AttributeValue($0.value)) })
        }
    }
}

/// Tags by the standard's names, the other way round.
private enum TagNames {
    /// A name that is no standard tag's is the tag's number in hexadecimal digits.
    static func tag(named name: String) -> Tag {
        standard[name] ?? Tag(rawValue: UInt32(name, radix: 16) ?? 0)
    }

    private static let standard: [String: Tag] = {
        var tags: [String: Tag] = [:]
        for number in UInt32(0x420001)...0x4201FF {
            let tag = Tag(rawValue: number)
            if tag.name != tag.description { tags[tag.name] = tag }
        }
        return tags
    }()
}
