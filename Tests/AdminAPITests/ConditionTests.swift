import AdminTestFront
import Cryptography
import Foundation
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
            let cases: [(String?, RecordTag?)] = [
                (nil, nil), ("*", nil), ("\"613a62\"", RecordTag(text: "a:b")), ("W/\"613a62\"", RecordTag(fields: [])),
                ("\"xyz\"", RecordTag(fields: [])), ("613a62", RecordTag(fields: [])), ("\"", RecordTag(fields: [])),
            ]
            for (number, (field, expected)) in cases.enumerated() {
                let headers = field.map { [("If-Match", $0)] } ?? []
                #expect(try await add(admin, "c\(number)", headers: headers).status == 201)
                #expect(admin.jobs.received.last?.expectedTag == expected, "\(field ?? "none")")
            }
            let several = try await add(admin, "d", headers: [("If-Match", "\"61\", \"62\"")])
            #expect(several.code == "invalid-parameter")
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
