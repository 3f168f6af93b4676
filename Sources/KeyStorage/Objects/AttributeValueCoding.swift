internal import KeyModel

/// Attribute values as bytes, one form for each value: one byte of type, numbered as KMIP's data types are (KMIP 1.4,
/// 9.1.1.2), and the content. Numbers are big-endian; a structure is its number of fields, and name and value of each
/// behind their lengths.
enum AttributeValueCoding {
    static func encode(_ value: AttributeValue) -> [UInt8] {
        var encoder = RecordEncoder(reserving: 64)
        encode(value, into: &encoder)
        return encoder.bytes
    }

    private static func encode(_ value: AttributeValue, into encoder: inout RecordEncoder) {
        encoder.append(byte: type(of: value).rawValue)
        switch value {
        case .structure(let fields):
            encoder.append(UInt64(fields.count))
            for field in fields {
                encoder.append(prefixed: field.name.utf8)
                encoder.append(prefixed: encode(field.value))
            }
        case .integer(let number): encoder.append(number)
        case .longInteger(let number): encoder.append(number)
        case .bigInteger(let bytes), .bytes(let bytes): encoder.append(prefixed: bytes)
        case .enumeration(let number), .interval(let number): encoder.append(number)
        case .boolean(let isTrue): encoder.append(byte: isTrue ? 1 : 0)
        case .text(let text): encoder.append(prefixed: text.utf8)
        case .dateTime(let time): encoder.append(time.secondsSince1970)
        }
    }

    /// - Returns: nil for bytes that `encode` does not make. They come from rows whose MAC was right, so that a
    ///   structure is no deeper than one that was stored.
    static func decode(_ bytes: [UInt8]) -> AttributeValue? {
        var reader = ByteReader(bytes[...])
        guard let value = value(&reader), reader.isAtEnd else { return nil }
        return value
    }

    private static func value(_ reader: inout ByteReader) -> AttributeValue? {
        guard let type = reader.byte().flatMap(ValueType.init) else { return nil }
        switch type {
        case .structure: return structure(&reader)
        case .integer: return reader.number(Int32.self).map { .integer($0) }
        case .longInteger: return reader.number(Int64.self).map { .longInteger($0) }
        case .bigInteger: return reader.prefixed().map { .bigInteger(Array($0)) }
        case .enumeration: return reader.number(UInt32.self).map { .enumeration($0) }
        case .boolean: return reader.byte().flatMap { $0 > 1 ? nil : .boolean($0 == 1) }
        case .text: return reader.text().map { .text($0) }
        case .bytes: return reader.prefixed().map { .bytes(Array($0)) }
        case .dateTime: return reader.number(Int64.self).map { .dateTime(Timestamp(secondsSince1970: $0)) }
        case .interval: return reader.number(UInt32.self).map { .interval($0) }
        }
    }

    private static func structure(_ reader: inout ByteReader) -> AttributeValue? {
        guard let count = reader.number(UInt64.self) else { return nil }
        var fields: [AttributeValue.Field] = []
        for _ in 0..<count {
            guard let name = reader.text(), let content = reader.prefixed() else { return nil }
            var inner = ByteReader(content)
            guard let value = value(&inner), inner.isAtEnd else { return nil }
            fields.append(AttributeValue.Field(name: name, value: value))
        }
        return .structure(fields)
    }

    private enum ValueType: UInt8 {
        case structure = 1
        case integer, longInteger, bigInteger, enumeration, boolean, text, bytes, dateTime, interval
    }

    private static func type(of value: AttributeValue) -> ValueType {
        switch value {
        case .structure: .structure
        case .integer: .integer
        case .longInteger: .longInteger
        case .bigInteger: .bigInteger
        case .enumeration: .enumeration
        case .boolean: .boolean
        case .text: .text
        case .bytes: .bytes
        case .dateTime: .dateTime
        case .interval: .interval
        }
    }
}

/// Takes what `RecordEncoder` writes off the front of some bytes; nil where they end too early.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.rest = bytes
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func byte() -> UInt8? {
        rest.popFirst()
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        let width = Number.bitWidth / 8
        guard rest.count >= width else { return nil }
        defer { rest = rest.dropFirst(width) }
        return rest.prefix(width).reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }

    mutating func prefixed() -> ArraySlice<UInt8>? {
        guard let length = number(UInt64.self).flatMap({ Int(exactly: $0) }), length <= rest.count else { return nil }
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length)
    }

    mutating func text() -> String? {
        prefixed().flatMap { String(validating: $0, as: UTF8.self) }
    }
}
