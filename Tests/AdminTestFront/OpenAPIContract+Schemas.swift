import Foundation

/// A JSON document that tells truth values from numbers, which JSONSerialization does not here.
struct JSONValue: Decodable {
    let value: Any

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = NSNull()
        } else if let truth = try? container.decode(Bool.self) {
            value = truth
        } else if let number = try? container.decode(Int.self) {
            value = number
        } else if let text = try? container.decode(String.self) {
            value = text
        } else if let list = try? container.decode([JSONValue].self) {
            value = list.map(\.value)
        } else {
            value = try container.decode([String: JSONValue].self).mapValues(\.value)
        }
    }
}

extension OpenAPIContract {
    /// The part of JSON Schema that the document uses. A field that is not described is a violation, too.
    package func check(_ value: Any, against schema: Any, at place: String) -> [String] {
        let schema = resolve(schema)
        guard !schema.isEmpty else { return ["\(place) has no schema"] }
        if let alternatives = schema["anyOf"] as? [Any] {
            let isOne = alternatives.contains { check(value, against: $0, at: place).isEmpty }
            return isOne ? [] : ["\(place) is none of what it may be"]
        }
        if let allowed = schema["enum"] as? [String] {
            guard let text = value as? String, allowed.contains(text) else {
                return ["\(place) is not one of \(allowed)"]
            }
            return []
        }
        let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
        if value is NSNull { return types.contains("null") ? [] : ["\(place) is null"] }
        switch types.first {
        case "object": return checkObject(value, schema, place)
        case "array": return checkArray(value, schema, place)
        case "string": return checkString(value, schema, place)
        case "integer": return checkInteger(value, schema, place)
        case "boolean": return value is Bool ? [] : ["\(place) is not a truth value"]
        case "null": return ["\(place) is not null"]
        default: return ["\(place) has a schema without type"]
        }
    }

    private func checkObject(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let object = value as? [String: Any] else { return ["\(place) is not an object"] }
        let properties = schema["properties"] as? [String: Any] ?? [:]
        let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
        var violations = missing.map { "\(place).\($0) is missing" }
        for (name, value) in object {
            if let property = properties[name] ?? schema["additionalProperties"] {
                violations += check(value, against: property, at: "\(place).\(name)")
            } else {
                violations.append("\(place).\(name) is not described")
            }
            if let names = schema["propertyNames"] {
                violations += check(name, against: names, at: "\(place), name \(name)")
            }
        }
        return violations
    }

    private func checkArray(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let items = value as? [Any] else { return ["\(place) is not an array"] }
        return checkCount(items.count, schema, place, ("minItems", "maxItems"))
            + items.flatMap { check($0, against: schema["items"] as Any, at: "\(place)[]") }
    }

    private func checkString(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let text = value as? String else { return ["\(place) is not a string"] }
        var violations = checkCount(text.unicodeScalars.count, schema, place, ("minLength", "maxLength"))
        if let pattern = schema["pattern"] as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            violations.append("\(place) does not match \(pattern)")
        }
        if schema["format"] as? String == "date-time", (try? Date(text, strategy: .iso8601)) == nil {
            violations.append("\(place) is not a date and time")
        }
        if schema["contentEncoding"] as? String == "base64", Data(base64Encoded: text) == nil {
            violations.append("\(place) is not base64")
        }
        return violations
    }

    private func checkInteger(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let number = value as? Int else { return ["\(place) is not an integer"] }
        return checkCount(number, schema, place, ("minimum", "maximum"))
    }

    private func checkCount(
        _ count: Int,
        _ schema: [String: Any],
        _ place: String,
        _ names: (least: String, most: String)
    ) -> [String] {
        if let least = schema[names.least] as? Int, count < least {
            return ["\(place) is below \(names.least) \(least)"]
        }
        if let most = schema[names.most] as? Int, count > most {
            return ["\(place) is above \(names.most) \(most)"]
        }
        return []
    }
}
