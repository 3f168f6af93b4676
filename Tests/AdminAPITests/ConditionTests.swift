import AdminTestFront
import Cryptography
import Foundation
import JobDispatch
import KeyModel
import NIOHTTP1
import Testing

@Suite("Idempotency-Key and If-Match")
struct ConditionTests {
    private static let path = "/v1/instances/kmip-ab/certificates"

    private func add(
        _ admin: AdminFixture,
        _ name: String,
        headers: [(String, String)],
        as identity: TestAuthority.Identity? = nil
    ) async throws -> AdminFixture.Answer {
        let pem = try TestAuthority("anyone").client("vcenter").certificate.pem
        let body = String(decoding: try JSONEncoder().encode(["name": name, "pem": pem]), as: UTF8.self)
        return try await admin.send(
            .POST,
            Self.path,
            json: body,
            headers: HTTPHeaders([("Content-Type", "application/json")] + headers),
            as: identity
        )
    }

    @Test("Requests of an operator with the same key are the same job; others are not")
    func sameKeySameJob() async throws {
        try await AdminFixture.run { admin in
            let key = ("Idempotency-Key", "3f0c9a5e-1")
            #expect(try await add(admin, "a", headers: [key]).status == 201)
            #expect(try await add(admin, "b", headers: [key]).status == 201)
            #expect(try await add(admin, "c", headers: [("Idempotency-Key", "3f0c9a5e-2")]).status == 201)
            #expect(try await add(admin, "d", headers: []).status == 201)
            _ = try await add(admin, "e", headers: [key], as: admin.keyOwner)
            let names = admin.jobs.received.map(\.requestID)
            #expect(names.count == 5)
            #expect(names[0] == names[1])
            #expect(Set(names).count == 4)
        }
    }

    @Test("A PUT that is sent again with its key is the same job as well")
    func sameKeySamePut() async throws {
        try await AdminFixture.run { admin in
            let pem = admin.keyOwner.certificate.pem.replacing("\n", with: "\\n")
            let signed = #"{"statement":"{}","signature":"a..b","certificatePem":"\#(pem)"}"#
            let body = #"{"roles":["viewer"],"signed":\#(signed)}"#
            let granted = AccessSamples.authorization()
            admin.jobs.set(\.answers, ["authorization.grant": .success(.authorization(.granted(granted)))])
            for key in ["1", "1", "2"] {
                let answer = try await admin.send(
                    .PUT,
                    "/v1/root-keys/first/authorizations/kmip-ab",
                    json: body,
                    headers: ["Content-Type": "application/json", "Idempotency-Key": key],
                    as: admin.keyOwner
                )
                #expect(answer.status == 200 && answer.headers["X-Request-Id"].count == 1)
            }
            let names = admin.jobs.received.map(\.requestID)
            try #require(names.count == 3)
            #expect(names[0] == names[1] && names[1] != names[2])
        }
    }

    @Test("A read is another job each time")
    func readsAreNotRepeats() async throws {
        try await AdminFixture.run { admin in
            for _ in 1...2 {
                _ = try await admin.send(.GET, Self.path, headers: ["Idempotency-Key": "1"])
            }
            #expect(Set(admin.jobs.received.map(\.requestID)).count == 2)
        }
    }

    @Test("Keys that are none", arguments: ["", " ", "a b", "ä", String(repeating: "k", count: 256)])
    func invalidKey(key: String) async throws {
        try await AdminFixture.run { admin in
            let answer = try await add(admin, "a", headers: [("Idempotency-Key", key)])
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-parameter")
            #expect(admin.jobs.received.isEmpty)
        }
    }

    @Test("What the client saw goes to the worker, which decides")
    func expectedTag() async throws {
        try await AdminFixture.run { admin in
            let nothing = RecordTag(fields: [])
            let longest = String(repeating: "a", count: RecordTag.longest)
            func quoted(_ text: String) -> String { "\"\(Hexadecimal.encode(text.utf8))\"" }
            let cases: [(String?, RecordTag?)] = [
                (nil, nil), ("*", nil), ("\"613a62\"", RecordTag(text: "a:b")), ("W/\"613a62\"", nothing),
                ("\"xyz\"", nothing), ("\"\"", RecordTag(text: "")), (quoted(longest), RecordTag(text: longest)),
                // A worker would take one that is longer for a request that is malformed.
                (quoted(longest + "a"), nothing), ("\"\(String(repeating: "a", count: 2_046))\"", nothing),
            ]
            for (number, (field, expected)) in cases.enumerated() {
                let headers = field.map { [("If-Match", $0)] } ?? []
                let answer = try await add(admin, "c\(number)", headers: headers)
                #expect(answer.status == 201)
                #expect(admin.jobs.received.last?.expectedTag == expected, "\(field ?? "none")")
            }
        }
    }

    @Test("What is no tag matches nothing, and several are refused")
    func invalidTag() async throws {
        try await AdminFixture.run { admin in
            let schema = admin.contract.parameter("IfMatch")["schema"] as Any
            for tag in ["*", "\"\"", "\"61\"", "W/\"xyz\"", "\"!#+-.~\""] {
                #expect(admin.contract.check(tag, against: schema, at: "If-Match") == [], "\(tag)")
                #expect(try await add(admin, "a", headers: [("If-Match", tag)]).code != "invalid-parameter")
            }
            let noTags = ["", "\"", "61", "\"61", "61\"", "w/\"61\"", "W/", "**", "\"a b\"", "\"6\"1\"", "\"ä\""]
            for (number, tag) in noTags.enumerated() {
                #expect(admin.contract.check(tag, against: schema, at: "If-Match") != [], "\(tag)")
                _ = try await add(admin, "n\(number)", headers: [("If-Match", tag)])
                #expect(admin.jobs.received.last?.expectedTag == RecordTag(fields: []), "\(tag)")
            }
            let jobs = admin.jobs.received.count
            let several = try await add(admin, "a", headers: [("If-Match", "\"61\", \"62\"")])
            #expect(several.status == 400 && several.code == "invalid-parameter")
            #expect(admin.jobs.received.count == jobs)
        }
    }

    @Test("What a route has no words of its own for is told all the same, whatever is changed")
    func refusedEverywhere() async throws {
        let fingerprint = String(repeating: "ab", count: 32)
        let changes: [(HTTPMethod, String, String?, String)] = [
            (.DELETE, "/v1/instances/kmip-ab", nil, "instance.remove"),
            (.POST, "/v1/instances/kmip-ab/activate", #"{"rootKey":"first"}"#, "instance.activate"),
            (.POST, "/v1/instances/kmip-ab/deactivate", nil, "instance.deactivate"),
            (.POST, "/v1/instances", "{}", "instance.create"),
            (
                .POST, "/v1/instances/kmip-ab/check-removal-step", #"{"step":"hosts","isChecked":true}"#,
                "instance.check-removal-step"
            ),
            (.DELETE, "/v1/root-keys/first/authorizations/kmip-ab", nil, "authorization.withdraw"),
            (.POST, "/v1/root-keys/first/rotate", nil, "root-key.rotate"),
            (.POST, "/v1/root-keys/first/suspend", nil, "root-key.suspend"),
            (.POST, "/v1/operators/\(fingerprint)/revoke", nil, "operator.revoke"),
            (.POST, "/v1/identities/\(fingerprint)/revoke", #"{"evenThisFront":false}"#, "identity.revoke"),
        ]
        try await AdminFixture.run { admin in
            let both = [try admin.manager.fingerprint, try admin.keyOwner.fingerprint]
            admin.jobs.set(\.roles, Dictionary(uniqueKeysWithValues: both.map { ($0, [.kmipManager, .keyOwner]) }))
            for (method, path, json, name) in changes {
                admin.jobs.set(\.answers, [name: .failure(OperationFailure(.preconditionFailed))])
                let answer = try await admin.send(method, path, json: json)
                #expect(answer.status == 412 && answer.code == "precondition-failed", "\(method) \(path)")
                admin.jobs.set(\.failure, DispatchError(.noHealthyWorker))
                let unserved = try await admin.send(method, path, json: json)
                #expect(unserved.status == 503 && unserved.code == "no-healthy-worker", "\(method) \(path)")
                admin.jobs.set(\.failure, nil)
            }
        }
    }

    @Test("A worker that finds it changed: 412")
    func stale() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.answers, ["certificate.remove": .failure(OperationFailure(.preconditionFailed))])
            let answer = try await admin.send(.DELETE, "\(Self.path)/one", headers: ["If-Match": "\"61\""])
            #expect(answer.status == 412)
            #expect(answer.code == "precondition-failed")
        }
    }
}
