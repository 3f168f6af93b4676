package import AdminClient
import Foundation
import NIOCore
import NIOHTTP1

extension OpenAPIContract {
    /// A parameter of an operation, or of all operations of its path.
    struct Parameter {
        let name: String
        /// `path`, `query` or `header`.
        let place: String
        let isRequired: Bool
        let schema: Any

        init?(_ described: [String: Any]) {
            guard let name = described["name"] as? String, let place = described["in"] as? String,
                let schema = described["schema"]
            else { return nil }
            self.name = name
            self.place = place
            self.schema = schema
            isRequired = described["required"] as? Bool == true
        }
    }

    /// What in a request is not as described.
    package func violations(of request: HTTPSRequest) -> [String] {
        let halves = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(halves[0])
        let method = request.method.rawValue
        guard let (template, _) = item(for: path), let operation = operation(method: method, path: path) else {
            return ["\(method) \(path) is not described"]
        }
        let parameters = parameters(method: method, path: path)
        return checkPath(path, template, parameters.filter { $0.place == "path" })
            + checkQuery(halves.count > 1 ? String(halves[1]) : "", parameters.filter { $0.place == "query" })
            + checkHeaders(request.headers, parameters.filter { $0.place == "header" })
            + checkBody(request, operation)
    }

    func parameters(method: String, path: String) -> [Parameter] {
        let item = item(for: path)?.item
        let operation = item?[method.lowercased()] as? [String: Any]
        let described = (item?["parameters"] as? [Any] ?? []) + (operation?["parameters"] as? [Any] ?? [])
        return described.compactMap { Parameter(resolve($0)) }
    }

    private func checkPath(_ path: String, _ template: String, _ parameters: [Parameter]) -> [String] {
        var violations: [String] = []
        for (part, text) in zip(template.split(separator: "/"), path.split(separator: "/")) where part.hasPrefix("{") {
            let name = String(part.dropFirst().dropLast())
            if let parameter = parameters.first(where: { $0.name == name }) {
                violations += check(text: String(text), against: parameter.schema, at: "{\(name)}")
            } else {
                violations.append("{\(name)} is not described")
            }
        }
        return violations
    }

    private func checkQuery(_ query: String, _ parameters: [Parameter]) -> [String] {
        var values: [String: [String]] = [:]
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(halves[0]), default: []].append(halves.count > 1 ? String(halves[1]) : "")
        }
        var violations = parameters.filter { $0.isRequired && values[$0.name] == nil }.map { "?\($0.name) is missing" }
        for (name, texts) in values {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                violations.append("?\(name) is not described")
                continue
            }
            let schema = resolve(parameter.schema)
            let isList = schema["type"] as? String == "array"
            if !isList, texts.count > 1 { violations.append("?\(name) is there several times") }
            let single = isList ? schema["items"] as Any : parameter.schema
            violations += texts.flatMap { check(text: $0, against: single, at: "?\(name)") }
        }
        return violations
    }

    private func checkHeaders(_ headers: HTTPHeaders, _ parameters: [Parameter]) -> [String] {
        let described = parameters.map(\.name)
        var violations: [String] = []
        for name in ["Idempotency-Key", "If-Match"] where !described.contains(name) && headers.contains(name: name) {
            violations.append("header \(name) is not described")
        }
        for parameter in parameters {
            let values = headers[parameter.name]
            if parameter.isRequired, values.isEmpty { violations.append("no header \(parameter.name)") }
            violations += values.flatMap { check($0, against: parameter.schema, at: parameter.name) }
        }
        return violations
    }

    private func checkBody(_ request: HTTPSRequest, _ operation: [String: Any]) -> [String] {
        guard let described = operation["requestBody"] else {
            return request.body == nil ? [] : ["a body is not described"]
        }
        guard let body = request.body else {
            return resolve(described)["required"] as? Bool == true ? ["the body is missing"] : []
        }
        let content = resolve(described)["content"] as? [String: Any] ?? [:]
        let mediaType = request.headers["Content-Type"].first ?? "none"
        guard let media = content[mediaType] as? [String: Any] else {
            return ["a body of \(mediaType) is not described"]
        }
        guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(body.readableBytesView)) else {
            return ["the body is not JSON"]
        }
        return check(json.value, against: media["schema"] as Any, at: "body")
    }

    /// The text of a parameter as the value that its schema takes it for.
    private func check(text: String, against schema: Any, at place: String) -> [String] {
        guard let decoded = text.removingPercentEncoding else { return ["\(place) is not percent-encoded text"] }
        var value: Any = decoded
        switch resolve(schema)["type"] as? String {
        case "integer": if let number = Int(decoded) { value = number }
        case "boolean": if let truth = Bool(decoded) { value = truth }
        default: break
        }
        return check(value, against: schema, at: place)
    }
}

// MARK: - Limits

extension OpenAPIContract {
    /// The limits that requests are described with, such as `limit maximum` and `NewCertificate.pem maxLength`: of parameters
    /// by their names, of fields by those of their schemas.
    package var requestLimits: [String: Int] {
        var limits: [String: Int] = [:]
        for operation in operations {
            for parameter in parameters(method: operation.method, path: operation.path) {
                collectLimits(of: parameter.schema, at: parameter.name, in: &limits)
            }
            let described = self.operation(method: operation.method, path: operation.path)?["requestBody"]
            let content = described.flatMap { resolve($0)["content"] as? [String: Any] } ?? [:]
            for case let media as [String: Any] in content.values {
                collectLimits(of: media["schema"] as Any, at: "body", in: &limits)
            }
        }
        return limits
    }

    private static let limitNames = ["minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"]

    private func collectLimits(of schema: Any, at place: String, in limits: inout [String: Int]) {
        let reference = (schema as? [String: Any])?["$ref"] as? String
        let place = reference?.split(separator: "/").last.map(String.init) ?? place
        let schema = resolve(schema)
        for name in Self.limitNames {
            if let limit = schema[name] as? Int { limits["\(place) \(name)"] = limit }
        }
        for (name, property) in schema["properties"] as? [String: Any] ?? [:] {
            collectLimits(of: property, at: "\(place).\(name)", in: &limits)
        }
        if let items = schema["items"] { collectLimits(of: items, at: "\(place)[]", in: &limits) }
        for alternative in schema["anyOf"] as? [Any] ?? [] { collectLimits(of: alternative, at: place, in: &limits) }
    }
}
