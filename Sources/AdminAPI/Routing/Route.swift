internal import HTTPTypes
internal import Hummingbird

/// One route: what openapi.yaml describes as one operation.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, AdminRequestContext) async throws -> Response

    let method: HTTPRequest.Method
    /// A template as OpenAPI writes it, such as `/v1/instances/{name}`.
    let path: String
    let handle: Handler

    init(_ method: HTTPRequest.Method, _ path: String, handle: @escaping Handler) {
        self.method = method
        self.path = path
        self.handle = handle
    }

    /// Whether the template is one for `path`, whatever the method.
    func matches(path other: String) -> Bool {
        let template = path.split(separator: "/")
        let parts = other.split(separator: "/")
        return template.count == parts.count
            && zip(template, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
}

/// Routes that belong together: one file each.
protocol RouteGroup: Sendable {
    var routes: [Route] { get }
}
