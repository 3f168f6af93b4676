import Foundation
import KeyModel
import SwiftProtobuf

extension WireAttribute {
    init(_ attribute: KeyModel.Attribute) {
        self.init()
        name = attribute.name.text
        index = UInt32(clamping: attribute.index)
        value = WireAttributeValue(attribute.value)
    }

    func model() throws(JobMessageError) -> KeyModel.Attribute {
        KeyModel.Attribute(name: AttributeName(name), index: Int(index), value: try value.model())
    }
}

extension Sequence<WireAttribute> {
    func model() throws(JobMessageError) -> [KeyModel.Attribute] {
        var attributes: [KeyModel.Attribute] = []
        for attribute in self {
            attributes.append(try attribute.model())
        }
        return attributes
    }
}

extension WireAttributeValue {
    init(_ value: AttributeValue) {
        self.init()
        switch value {
        case .integer(let number): integer = number
        case .longInteger(let number): longInteger = number
        case .bigInteger(let bytes): bigInteger = Data(bytes)
        case .enumeration(let number): enumeration = number
        case .boolean(let flag): boolean = flag
        case .text(let text): self.text = text
        case .bytes(let bytes): self.bytes = Data(bytes)
        case .dateTime(let date): dateTime = date.secondsSince1970
        case .interval(let seconds): interval = seconds
        case .structure(let fields):
            structure = .with { structure in
                structure.fields = fields.map { field in
                    .with {
                        $0.name = field.name
                        $0.value = WireAttributeValue(field.value)
                    }
                }
            }
        }
    }

    func model() throws(JobMessageError) -> AttributeValue {
        switch kind {
        case .integer(let number): return .integer(number)
        case .longInteger(let number): return .longInteger(number)
        case .bigInteger(let bytes): return .bigInteger([UInt8](bytes))
        case .enumeration(let number): return .enumeration(number)
        case .boolean(let flag): return .boolean(flag)
        case .text(let text): return .text(text)
        case .bytes(let bytes): return .bytes([UInt8](bytes))
        case .dateTime(let seconds): return .dateTime(Timestamp(secondsSince1970: seconds))
        case .interval(let seconds): return .interval(seconds)
        case .structure(let structure):
            var fields: [AttributeValue.Field] = []
            for field in structure.fields {
                fields.append(AttributeValue.Field(name: field.name, value: try field.value.model()))
            }
            return .structure(fields)
        case nil: throw .notUnderstood
        }
    }
}
