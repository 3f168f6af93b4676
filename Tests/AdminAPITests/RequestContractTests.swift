import AdminClient
import AdminTestFront
import NIOCore
import NIOHTTP1
import Testing

/// What the tests hold our client to finds what is wrong.
@Suite("Requests against the contract")
struct RequestContractTests {
    private static let keys = "/v1/instances/kmip-ab/keys"
    private static let certificates = "/v1/instances/kmip-ab/certificates"
    private static let grant = "/v1/root-keys/first/authorizations/kmip-ab"
    let contract: OpenAPIContract

    init() throws {
        contract = try OpenAPIContract()
    }

    private func violations(
        _ method: HTTPMethod,
        _ target: String,
        _ json: String? = nil,
        headers: HTTPHeaders = ["Content-Type": "application/json"]
    ) -> [String] {
        let body = json.map { ByteBuffer(string: $0) }
        return contract.violations(of: HTTPSRequest(method, target, headers: headers, body: body))
    }

    @Test("As described")
    func good() {
        let cases: [(HTTPMethod, String, String?)] = [
            (.GET, "/v1/instances", nil), (.GET, "/v1/instances?limit=500&cursor=YWI", nil),
            (.GET, "\(Self.keys)?state=active&state=deactivated&neverRetrieved=true&name=vm%201", nil),
            (.GET, "\(Self.keys)?createdFrom=2023-11-14T22%3A13%3A20Z", nil), (.GET, "\(Self.keys)/k%2F1", nil),
            (.POST, "/v1/instances", "{}"), (.POST, "/v1/instances", #"{"name":null}"#),
            (.POST, "/v1/root-keys", #"{"name":"one"}"#), (.POST, "/v1/root-keys/one/rotate", nil),
            (.POST, "\(Self.certificates)/vc/replace", #"{"pem":"x","overlapSeconds":null}"#),
            (.DELETE, "/v1/instances/kmip-ab?force=kmip-ab", nil),
        ]
        for (method, target, json) in cases {
            #expect(violations(method, target, json) == [], "\(target)")
        }
        let conditions: HTTPHeaders = ["Idempotency-Key": "1", "If-Match": "\"61\""]
        #expect(violations(.POST, "/v1/root-keys/one/rotate", headers: conditions) == [])
    }

    @Test("Not as described")
    func bad() {
        let cases: [(HTTPMethod, String, String?)] = [
            (.GET, "/v1/nothing", nil), (.PATCH, "/v1/instances", nil), (.GET, "/v1/instances/a%20b", nil),
            (.GET, "/v1/instances/%zz", nil), (.GET, "/v1/instances?limit=501", nil),
            (.GET, "/v1/instances?limit=x", nil), (.GET, "/v1/instances?limits=1", nil),
            (.GET, "/v1/instances?limit=1&limit=2", nil), (.GET, "\(Self.keys)?state=lost", nil),
            (.GET, "\(Self.keys)?neverRetrieved=yes", nil), (.GET, "\(Self.keys)?createdFrom=yesterday", nil),
            (.GET, "\(Self.keys)?name=", nil), (.POST, "/v1/root-keys", nil), (.POST, "/v1/root-keys", "{"),
            (.POST, "/v1/root-keys", "{}"), (.POST, "/v1/root-keys", #"{"name":1}"#),
            (.POST, "/v1/root-keys", #"{"name":null}"#), (.POST, "/v1/root-keys", #"{"name":"one","x":1}"#),
            (.POST, "/v1/root-keys", "[]"), (.POST, "/v1/root-keys/one/rotate", "{}"),
            (.POST, "/v1/instances", #"{"name":"a b"}"#), (.PUT, Self.grant, #"{"roles":[]}"#),
            (.POST, "\(Self.certificates)/vc/replace", #"{"pem":"x","overlapSeconds":7776001}"#),
            (.POST, "/v1/instances/kmip-ab/key-revocations", #"{"keys":[],"reason":"superseded"}"#),
            (.POST, "/v1/instances/kmip-ab/key-revocations", #"{"keys":["k"],"reason":"lost"}"#),
        ]
        for (method, target, json) in cases {
            #expect(violations(method, target, json) != [], "\(method.rawValue) \(target) \(json ?? "")")
        }
        #expect(violations(.POST, "/v1/root-keys", #"{"name":"a"}"#, headers: ["Content-Type": "text/plain"]) != [])
        #expect(violations(.GET, "/v1/instances", headers: ["If-Match": "*"]) != [])
        #expect(violations(.POST, "/v1/root-keys/one/rotate", headers: ["Idempotency-Key": "a b"]) != [])
    }
}
