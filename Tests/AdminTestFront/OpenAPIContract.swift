package import AdminClient
import Foundation
import NIOCore
import NIOHTTP1
import Yams

/// Schemas/rest/openapi.yaml, as far as it is needed to hold requests and responses to it.
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

    /// The names of the schemas of what an operation answers in JSON where it succeeds, by status.
    package func answers(of operation: Operation) -> [Int: String] {
        let described = self.operation(method: operation.method, path: operation.path)
        var schemas: [Int: String] = [:]
        for (text, response) in described?["responses"] as? [String: Any] ?? [:] {
            guard let status = Int(text), status < 400,
                let content = resolve(response)["content"] as? [String: Any],
                let media = content["application/json"] as? [String: Any],
                let schema = media["schema"] as? [String: Any],
                let name = (schema["$ref"] as? String)?.split(separator: "/").last
            else { continue }
            schemas[status] = String(name)
        }
        return schemas
    }

    /// The roles that an operation needs one of; `any` and `self` stand for themselves.
    package func roles(method: String, path: String) -> [String]? {
        let described = operation(method: method, path: path)?["x-keyferry-role"]
        return described as? [String] ?? (described as? String).map { [$0] }
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

    func operation(method: String, path: String) -> [String: Any]? {
        item(for: path)?.item[method.lowercased()] as? [String: Any]
    }

    /// What is described for a path, whatever the method, and by which template.
    func item(for path: String) -> (template: String, item: [String: Any])? {
        if let item = paths[path] { return (path, item) }
        let found = paths.first { template, _ in
            let expected = template.split(separator: "/")
            let parts = path.split(separator: "/")
            return expected.count == parts.count && zip(expected, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        return found.map { ($0.key, $0.value) }
    }

    private var paths: [String: [String: Any]] {
        document["paths"] as? [String: [String: Any]] ?? [:]
    }

    private func at(_ path: [String]) -> [String: Any] {
        path.reduce(document) { $0[$1] as? [String: Any] ?? [:] }
    }

    func resolve(_ value: Any) -> [String: Any] {
        let object = value as? [String: Any] ?? [:]
        guard let reference = object["$ref"] as? String else { return object }
        return at(reference.split(separator: "/").dropFirst().map(String.init))
    }
}
