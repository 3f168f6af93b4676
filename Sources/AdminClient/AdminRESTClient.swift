internal import AdminResources
internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1

/// The REST API of an admin front, as Schemas/rest/openapi.yaml describes it: what there is for each kind of resource is in
/// a file beside this one.
package struct AdminRESTClient: Sendable {
    /// Is shown every request with its answer. Tests put one in its place for a task, to hold both to openapi.yaml.
    @TaskLocal package static var witness: (@Sendable (HTTPSRequest, HTTPSResponse) -> Void)?

    private let https: HTTPSClient

    package init(_ configuration: AdminClientConfiguration) throws(AdminClientError) {
        https = try HTTPSClient(configuration)
    }

    func list<Item: Codable & Hashable & Sendable>(
        _ type: Item.Type,
        at path: String
    ) async throws(AdminClientError) -> [Item] {
        var items: [Item] = []
        var cursor: String?
        repeat {
            let query = cursor.map { "&cursor=\(segment($0))" } ?? ""
            let page: Page<Item> = try await send(HTTPSRequest(.GET, "\(path)?limit=500\(query)"))
            guard page.nextCursor == nil || page.nextCursor != cursor else {
                throw AdminClientError(.unexpectedAnswer, detail: "its pages do not end")
            }
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }

    /// A request with a resource as its body.
    func send<Value: Decodable>(
        _ method: HTTPMethod,
        _ target: String,
        _ resource: some Encodable
    ) async throws(AdminClientError) -> Value {
        let body: ByteBuffer
        do {
            body = ByteBuffer(bytes: try ResourceCoding.encode(resource))
        } catch {
            throw AdminClientError(.unexpectedAnswer)
        }
        return try await send(
            HTTPSRequest(method, target, headers: ["Content-Type": "application/json"], body: body)
        )
    }

    /// A POST or PUT has an Idempotency-Key, by which it is done once however often it arrives: where its answer is lost, it
    /// is asked for once more.
    func send<Value: Decodable>(_ request: HTTPSRequest) async throws(AdminClientError) -> Value {
        guard request.method == .POST || request.method == .PUT else { return try await receive(request) }
        var request = request
        request.headers.replaceOrAdd(name: "Idempotency-Key", value: UUID().uuidString)
        do {
            return try await receive(request)
        } catch {
            guard error.leavesOpenWhetherDone else { throw error }
            return try await receive(request)
        }
    }

    private func receive<Value: Decodable>(_ request: HTTPSRequest) async throws(AdminClientError) -> Value {
        let (status, body) = try await sendForBody(request)
        do {
            return try ResourceCoding.decode(Value.self, from: body)
        } catch {
            throw AdminClientError(.unexpectedAnswer, detail: "\(Value.self), status \(status)")
        }
    }

    /// A request whose answer is no JSON.
    func sendForText(_ request: HTTPSRequest) async throws(AdminClientError) -> String {
        let (status, body) = try await sendForBody(request)
        guard let text = String(bytes: body, encoding: .utf8) else {
            throw AdminClientError(.unexpectedAnswer, detail: "status \(status)")
        }
        return text
    }

    private func sendForBody(_ request: HTTPSRequest) async throws(AdminClientError) -> (status: UInt, body: Data) {
        let response = try await https.send(request)
        Self.witness?(request, response)
        let body = Data(response.body.readableBytesView)
        guard (200...299).contains(response.status.code) else {
            throw AdminClientError(response.status, body)
        }
        return (response.status.code, body)
    }

    /// `text` as one segment of a path or one value of a query: all but unreserved characters percent-encoded (RFC 3986,
    /// 2.3).
    func segment(_ text: String) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return text.utf8.map { byte in
            if unreserved.contains(byte) { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }
}

extension AdminClientError {
    fileprivate init(_ status: HTTPResponseStatus, _ body: Data) {
        if let problem = try? ResourceCoding.decode(Problem.self, from: body) {
            self.init(.problem(problem), detail: problem.detail ?? "")
        } else {
            self.init(.unexpectedAnswer, detail: "status \(status.code)")
        }
    }
}
