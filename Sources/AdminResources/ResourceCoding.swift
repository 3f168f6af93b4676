package import FoundationEssentials

/// How resources are written as JSON: dates as RFC 3339 in UTC, keys in order, slashes as they are.
package enum ResourceCoding {
    package static func encode(_ value: some Encodable, forPeople: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if forPeople {
            encoder.outputFormatting.insert(.prettyPrinted)
        }
        return try encoder.encode(value)
    }

    package static func decode<Value: Decodable>(_ type: Value.Type, from json: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: json)
    }
}
