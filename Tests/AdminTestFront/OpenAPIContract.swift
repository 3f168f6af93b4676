package import AdminClient
import Foundation
import NIOCore
import NIOHTTP1
import Yams

/// A JSON document that tells truth values from numbers, which JSONSerialization does not here.
private struct JSONValue: Decodable {
    let value: Any

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let truth = try? container.decode(Bool.self) {
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

/// Schemas/rest/openapi.yaml, as far as it is needed to hold responses to it.
package struct OpenAPIContract: Sendable {
    package struct Operation: Hashable, Sendable {
        package let method: String
        package let path: String

        package init(method: String, path: String) {
            self.method = method
            self.path = path
        }
    }

    /// Written once, by `init`; `Any` is how Yams and JSONSerialization show a document.
    nonisolated(unsafe) private let document: [String: Any]
    package let text: String

    package init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Schemas/rest/openapi.yaml").standardizedFileURL
        text = try String(contentsOf: file, encoding: .utf8)
        document = try Yams.load(yaml: text) as? [String: Any] ?? [:]
    }

    private static let methods: Set = ["get", "put", "post", "delete", "patch", "head", "options"]

    package var operations: Set<Operation> {
        Set(
            paths.flatMap { path, item in
                item.keys.filter(Self.methods.contains).map { Operation(method: $0.uppercased(), path: path) }
            }
        )
    }

    package var operationIdentifiers: [String] {
        paths.values.flatMap(\.values).compactMap { ($0 as? [String: Any])?["operationId"] as? String }
    }

    /// The names of an operation's parameters that are described once for all.
    package func parameterNames(of operation: Operation) -> Set<String> {
        let described = self.operation(method: operation.method, path: operation.path)
        let parameters = described?["parameters"] as? [[String: Any]] ?? []
        return Set(parameters.compactMap { ($0["$ref"] as? String)?.split(separator: "/").last.map(String.init) })
    }

    /// The names of the headers that a response is described with.
    package func headerNames(of operation: Operation, status: Int) -> Set<String> {
        let described = description(ofStatus: status, method: operation.method, path: operation.path)
        return Set((described?["headers"] as? [String: Any] ?? [:]).keys)
    }

    package func schema(_ name: String) -> [String: Any] {
        at(["components", "schemas", name])
    }

    package func parameter(_ name: String) -> [String: Any] {
        at(["components", "parameters", name])
    }

    /// Every description in the document, as one text.
    package var descriptions: String {
        func collect(_ value: Any) -> [String] {
            switch value {
            case let object as [String: Any]:
                object.flatMap { key, value in
                    key == "description" ? [value as? String ?? ""] : collect(value)
                }
            case let list as [Any]: list.flatMap(collect)
            default: []
            }
        }
        return collect(document).joined(separator: "\n")
    }

    /// The role that an operation needs, or `any`.
    package func role(method: String, path: String) -> String? {
        operation(method: method, path: path)?["x-keyferry-role"] as? String
    }

    /// What in a response is not as described.
    package func violations(method: String, path: String, response: HTTPSResponse) -> [String] {
        let status = Int(response.status.code)
        let described =
            description(ofStatus: status, method: method, path: path)
            ?? resolve(["$ref": "#/components/responses/Problem"])
        if status < 400, self.operation(method: method, path: path) == nil {
            return ["\(method) \(path) succeeds and is not described"]
        }
        var violations: [String] = []
        let headers = described["headers"] as? [String: Any] ?? [:]
        for (name, header) in headers {
            let isRequired = resolve(header)["required"] as? Bool == true
            if isRequired, response.headers[name].isEmpty { violations.append("no header \(name)") }
            for value in response.headers[name] {
                violations += check(value, against: resolve(header)["schema"] as Any, at: name)
            }
        }
        for name in ["ETag", "Location"] where headers[name] == nil && !response.headers[name].isEmpty {
            violations.append("header \(name) is not described")
        }
        let content = described["content"] as? [String: Any] ?? [:]
        let mediaType = response.headers["Content-Type"].first ?? "none"
        guard let media = content[mediaType] as? [String: Any] else {
            return violations + ["status \(status) is not described with \(mediaType)"]
        }
        guard mediaType.hasSuffix("json") else {
            return violations + check(String(buffer: response.body), against: media["schema"] as Any, at: "body")
        }
        guard let body = try? JSONDecoder().decode(JSONValue.self, from: Data(response.body.readableBytesView)) else {
            return violations + ["the body is not JSON"]
        }
        return violations + check(body.value, against: media["schema"] as Any, at: "body")
    }

    private func description(ofStatus status: Int, method: String, path: String) -> [String: Any]? {
        guard let operation = operation(method: method, path: path) else { return nil }
        let responses = operation["responses"] as? [String: Any] ?? [:]
        return (responses["\(status)"] ?? (status >= 400 ? responses["default"] : nil)).map(resolve)
    }

    private func operation(method: String, path: String) -> [String: Any]? {
        let item = paths.first { template, _ in
            let expected = template.split(separator: "/")
            let parts = path.split(separator: "/")
            return expected.count == parts.count && zip(expected, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return item?.value[method.lowercased()] as? [String: Any]
    }

    private var paths: [String: [String: Any]] {
        document["paths"] as? [String: [String: Any]] ?? [:]
    }

    private func at(_ path: [String]) -> [String: Any] {
        path.reduce(document) { $0[$1] as? [String: Any] ?? [:] }
    }

    private func resolve(_ value: Any) -> [String: Any] {
        let object = value as? [String: Any] ?? [:]
        guard let reference = object["$ref"] as? String else { return object }
        return at(reference.split(separator: "/").dropFirst().map(String.init))
    }
}

// MARK: - JSON Schema

extension OpenAPIContract {
    /// The part of JSON Schema that the document uses. A field that is not described is a violation, too.
    package func check(_ value: Any, against schema: Any, at place: String) -> [String] {
        let schema = resolve(schema)
        guard !schema.isEmpty else { return ["\(place) has no schema"] }
        if let allowed = schema["enum"] as? [String] {
            guard let text = value as? String, allowed.contains(text) else {
                return ["\(place) is not one of \(allowed)"]
            }
            return []
        }
        switch schema["type"] as? String {
        case "object": return checkObject(value, schema, place)
        case "array":
            guard let items = value as? [Any] else { return ["\(place) is not an array"] }
            return items.flatMap { check($0, against: schema["items"] as Any, at: "\(place)[]") }
        case "string": return checkString(value, schema, place)
        case "integer": return checkInteger(value, schema, place)
        case "boolean": return value is Bool ? [] : ["\(place) is not a truth value"]
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

    private func checkString(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let text = value as? String else { return ["\(place) is not a string"] }
        if let pattern = schema["pattern"] as? String,
            text.range(of: pattern, options: .regularExpression) == nil
        {
            return ["\(place) does not match \(pattern)"]
        }
        if schema["format"] as? String == "date-time", (try? Date(text, strategy: .iso8601)) == nil {
            return ["\(place) is not a date and time"]
        }
        return []
    }

    private func checkInteger(_ value: Any, _ schema: [String: Any], _ place: String) -> [String] {
        guard let number = value as? Int else { return ["\(place) is not an integer"] }
        if let minimum = schema["minimum"] as? Int, number < minimum { return ["\(place) is below \(minimum)"] }
        if let maximum = schema["maximum"] as? Int, number > maximum { return ["\(place) is above \(maximum)"] }
        return []
    }
}
