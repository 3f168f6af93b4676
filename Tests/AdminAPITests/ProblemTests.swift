import AdminAPI
import AdminResources
import AdminTestFront
import Cryptography
import JobDispatch
import KeyModel
import NIOHTTP1
import Testing

@Suite("Problems")
struct ProblemTests {
    private static let certificates = "/v1/instances/kmip-ab/certificates"
    private static let keys = "/v1/instances/kmip-ab/keys"

    @Test("Unknown routes", arguments: ["/", "/v1", "/v2/instances", "/v1/instances/kmip-ab/x", "/v1/status/x"])
    func unknownRoute(path: String) async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.GET, path)
            #expect(answer.status == 404)
            #expect(answer.code == "unknown-route")
        }
    }

    @Test("Methods that a route does not have")
    func wrongMethod() async throws {
        try await AdminFixture.run { admin in
            let cases: [(HTTPMethod, String, String)] = [
                (.PUT, "/v1/instances", "GET, POST"), (.PUT, Self.certificates, "GET, POST"),
                (.PUT, "\(Self.certificates)/one", "DELETE, GET"), (.OPTIONS, "/v1/status", "GET"),
                (.TRACE, "/v1/status", "GET"),
            ]
            for (method, path, allowed) in cases {
                let answer = try await admin.send(method, path)
                #expect(answer.status == 405)
                #expect(answer.code == "method-not-allowed")
                #expect(answer.headers["Allow"] == [allowed])
            }
        }
    }

    @Test(
        "Bodies that are not what is asked for",
        arguments: [
            ("", "well-formed"), ("{", "well-formed"), ("[]", "type"), ("{}", "'name'"),
            (#"{"name":"one"}"#, "'pem'"), (#"{"name":1,"pem":""}"#, "'name'"), (#"{"name":null,"pem":""}"#, "'name'"),
        ]
    )
    func malformed(body: String, expected: String) async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.POST, Self.certificates, json: body)
            #expect(answer.status == 400)
            #expect(answer.code == "malformed-request")
            #expect(answer.detail?.contains(expected) == true, "\(answer.text)")
        }
    }

    @Test("Media types", arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
    func mediaType(type: String?) async throws {
        try await AdminFixture.run { admin in
            let headers: HTTPHeaders = type.map { ["Content-Type": $0] } ?? [:]
            let answer = try await admin.send(.POST, Self.certificates, json: "{}", headers: headers)
            #expect(answer.status == 415)
            #expect(answer.code == "unsupported-media-type")
            let accepted = try await admin.send(
                .POST,
                Self.certificates,
                json: "{}",
                headers: ["Content-Type": "Application/JSON; charset=utf-8"]
            )
            #expect(accepted.code == "malformed-request")
        }
    }

    @Test("A body that is too large, announced or not", arguments: [false, true])
    func tooLarge(isChunked: Bool) async throws {
        try await AdminFixture.run(limits: .init(bodyByteCount: 4_096)) { admin in
            var headers: HTTPHeaders = ["Content-Type": "application/json"]
            if isChunked {
                headers.add(name: "Transfer-Encoding", value: "chunked")
            }
            let body = #"{"name":"one","pem":"\#(String(repeating: "A", count: 5_000))"}"#
            let answer = try await admin.send(.POST, Self.certificates, json: body, headers: headers)
            #expect(answer.status == 413)
            #expect(answer.code == "body-too-large")
        }
    }

    @Test("What a worker or the way to it can't do")
    func dispatch() async throws {
        let cases: [(DispatchError, Int, ProblemCode)] = [
            (DispatchError(.busy), 503, .busy),
            (DispatchError(.noHealthyWorker), 503, .noHealthyWorker),
            (DispatchError(.brokerUnavailable), 503, .brokerUnavailable),
            (DispatchError(.noQueue), 503, .brokerUnavailable),
            (DispatchError(.shuttingDown), 503, .shuttingDown),
            (DispatchError(.deadlinePassed), 504, .deadlinePassed),
            (DispatchError(.inProgress), 409, .requestInProgress),
            (DispatchError(refusal: OperationFailure(.messageReused)), 422, .idempotencyKeyReused),
            (DispatchError(refusal: OperationFailure(.preconditionFailed)), 412, .preconditionFailed),
            (DispatchError(.notAccepted), 500, .serviceNotAuthorized),
            (DispatchError(.replyNotBelieved), 500, .internal),
            (DispatchError(.internalFailure), 500, .internal),
            (DispatchError(refusal: OperationFailure(.operatorNotAuthorized)), 403, .operatorNotAuthorized),
            (DispatchError(refusal: OperationFailure(.senderNotAuthorized)), 500, .serviceNotAuthorized),
            (DispatchError(refusal: OperationFailure(.hsmUnavailable)), 503, .hsmUnavailable),
            (DispatchError(refusal: OperationFailure(.storeUnavailable)), 503, .storeUnavailable),
            (DispatchError(refusal: OperationFailure(.recordCorrupted)), 500, .recordCorrupted),
            (DispatchError(refusal: OperationFailure(.jobNotUnderstood)), 501, .workerOutdated),
            (DispatchError(refusal: OperationFailure(.conflict)), 409, .conflict),
            (DispatchError(refusal: OperationFailure(.noIdentifier)), 500, .internal),
        ]
        try await AdminFixture.run { admin in
            for (failure, status, code) in cases {
                admin.jobs.set(\.failure, failure)
                let answer = try await admin.send(.GET, Self.certificates)
                #expect(answer.status == status)
                #expect(answer.code == code.rawValue)
                #expect(answer.json["type"] as? String == "urn:keyferry:problem:\(code.rawValue)")
                #expect(answer.headers["Retry-After"].isEmpty == (status != 503 && status != 504))
                #expect(answer.json["requestId"] as? String == answer.headers["X-Request-Id"].first)
            }
        }
    }

    /// One request for each operation of the contract; what its answer would be does not matter.
    private static func routes() throws -> [(HTTPMethod, String, String?)] {
        let pem = try TestAuthority("anyone").client("vcenter").certificate.pem
            .replacing("\n", with: "\\n")
        let signed = #"{"statement":"{}","signature":"..","certificatePem":"\#(pem)"}"#
        return [
            (.GET, "/v1/instances", nil), (.GET, "/v1/status", nil),
            (.GET, Self.certificates, nil),
            (.POST, Self.certificates, #"{"name":"one","pem":"\#(pem)"}"#),
            (.GET, "\(Self.certificates)/one", nil), (.GET, "\(Self.certificates)/one/pem", nil),
            (.POST, "\(Self.certificates)/one/replace", #"{"pem":"\#(pem)"}"#),
            (.GET, "/v1/pending-certificates", nil),
            (
                .POST, "/v1/pending-certificates/\(String(repeating: "ab", count: 32))/admit",
                #"{"instance":"kmip-ab","name":"one"}"#
            ),
            (.DELETE, "\(Self.certificates)/one", nil),
            (.GET, Self.keys, nil), (.GET, "\(Self.keys)/k", nil), (.GET, "\(Self.keys)/k/history", nil),
            (.POST, "\(Self.keys)/k/revoke", #"{"reason":"superseded"}"#), (.POST, "\(Self.keys)/k/restore", nil),
            (.POST, "\(Self.keys)/k/destroy", nil),
            (.POST, "/v1/instances/kmip-ab/key-revocations", #"{"keys":["k"],"reason":"superseded"}"#),
            (.GET, "/v1/root-keys", nil), (.POST, "/v1/root-keys", #"{"name":"one"}"#),
            (.GET, "/v1/root-keys/one", nil), (.POST, "/v1/root-keys/one/rotate", nil),
            (.POST, "/v1/root-keys/one/suspend", nil), (.POST, "/v1/root-keys/one/resume", nil),
            (.POST, "/v1/root-keys/one/delete", #"{"signed":[\#(signed),\#(signed)]}"#),
            (.POST, "/v1/root-keys/one/restore", nil),
            (.GET, "/v1/root-keys/one/deletion-report", nil),
            (.GET, "/v1/operations", nil), (.GET, "/v1/operations/one", nil),
        ] + instanceRoutes + accessRoutes(pem, signed)
    }

    private static let instanceRoutes: [(HTTPMethod, String, String?)] = [
        (.POST, "/v1/instances", "{}"), (.GET, "/v1/instances/kmip-ab", nil), (.DELETE, "/v1/instances/kmip-ab", nil),
        (.POST, "/v1/instances/kmip-ab/activate", #"{"rootKey":"first"}"#),
        (.POST, "/v1/instances/kmip-ab/deactivate", nil), (.GET, "/v1/instances/kmip-ab/removal-steps", nil),
        (.POST, "/v1/instances/kmip-ab/check-removal-step", #"{"step":"hosts","isChecked":true}"#),
    ]

    private static func accessRoutes(_ pem: String, _ statement: String) -> [(HTTPMethod, String, String?)] {
        let signed = #""signed":\#(statement)"#
        let fingerprint = String(repeating: "ab", count: 32)
        let authorizations = "/v1/root-keys/first/authorizations"
        return [
            (.GET, authorizations, nil), (.GET, authorizations + "/kmip-ab", nil),
            (.DELETE, authorizations + "/kmip-ab", nil),
            (.PUT, authorizations + "/kmip-ab", #"{"roles":["viewer"],\#(signed)}"#),
            (.GET, "/v1/operators", nil), (.GET, "/v1/operators/\(fingerprint)", nil),
            (.POST, "/v1/operators/\(fingerprint)/revoke", nil),
            (.POST, "/v1/operators", #"{"name":"eve","pem":"\#(pem)","roles":["viewer"],\#(signed)}"#),
            (.GET, "/v1/root-key-import-token", nil),
            (.POST, "/v1/root-key-imports", #"{"name":"own","wrappedKey":"AAAA",\#(signed)}"#),
            (.POST, "/v1/root-keys/first/import-version", #"{"wrappedKey":"AAAA",\#(signed)}"#),
            (.GET, "/v1/identities", nil), (.GET, "/v1/identities/\(fingerprint)", nil),
            (.POST, "/v1/identities", #"{"name":"gateway-2","pem":"\#(pem)",\#(signed)}"#),
            (.POST, "/v1/identities/\(fingerprint)/revoke", #"{"evenThisFront":false}"#),
        ]
    }

    /// Where the operator whom a request is about may make it, whatever his roles, they do not decide alone who may; workers
    /// then look at what was signed.
    @Test("Roles: the contract says what the rule of workers is, and a worker's refusal is 403")
    func roles() async throws {
        let routes = try Self.routes()
        try await AdminFixture.run { admin in
            #expect(routes.count == admin.contract.operations.count)
            for (method, path, body) in routes {
                let roles = try #require(admin.contract.roles(method: method.rawValue, path: path))
                let isOpen = roles == ["any"] || roles.contains("self")
                let known = roles.filter { Operator.Role(rawValue: $0) != nil }
                #expect(roles == ["any"] || (!known.isEmpty && known == roles.filter { $0 != "self" }), "\(roles)")
                let before = admin.jobs.received.count
                for (identity, name) in [
                    (admin.nobody, nil), (admin.viewer, "viewer"), (admin.manager, "kmip-manager"),
                    (admin.keyOwner, "key-owner"), (admin.auditor, "auditor"),
                ] as [(TestAuthority.Identity, String?)] {
                    let isAllowed = name.map { isOpen || roles.contains($0) } ?? false
                    let answer = try await admin.send(method, path, json: body, as: identity)
                    #expect((answer.status == 403) == !isAllowed, "\(method) \(path) as \(name ?? "nobody")")
                    #expect((answer.code == "operator-not-authorized") == !isAllowed)
                }
                let request = try #require(admin.jobs.received.dropFirst(before).first?.request)
                let required = request.requiredRole.map { [$0.rawValue] }
                #expect(required == (isOpen ? nil : roles), "\(method) \(path)")
            }
        }
    }

    @Test("One line in the log for each request, with its identifier and its outcome")
    func log() async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.GET, "/v1/instances/kmip-zz/certificates?limit=3")
            let request = try #require(answer.headers["X-Request-Id"].first)
            let lines = admin.log.all.filter { $0.contains("request=\(request)") && $0.hasPrefix("info") }
            #expect(lines.count == 1)
            for part in [
                "method=GET", "path=/v1/instances/kmip-zz/certificates ", "status=404", "problem=instance-not-found",
                "operator=\(try admin.manager.fingerprint)", "address=127.0.0.1", "milliseconds=",
            ] {
                #expect(lines.first?.contains(part) == true, "\(part) in \(lines)")
            }
        }
    }
}
