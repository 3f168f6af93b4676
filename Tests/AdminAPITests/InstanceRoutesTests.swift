import AdminResources
import AdminTestFront
import NIOHTTP1
import Testing

@Suite("/v1/instances")
struct InstanceRoutesTests {
    @Test("Lists in order of name")
    func list() async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.GET, "/v1/instances")
            #expect(answer.status == 200)
            #expect(answer.items.map { $0["name"] as? String } == ["kmip-ab", "kmip-cd"])
            #expect(answer.items.first?["created"] as? String == "2023-11-14T22:13:20Z")
            #expect(answer.items.first?["keyCounts"] as? [String: Int] == ["active": 3, "destroyed": 1])
            #expect(answer.json["nextCursor"] == nil)
        }
    }

    @Test("The worker is told who asks, from where, and the request's identifier")
    func requester() async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.GET, "/v1/instances", as: admin.viewer)
            let received = try #require(admin.jobs.received.first)
            #expect(received.requester == (try admin.viewer.fingerprint))
            #expect(received.address == "127.0.0.1")
            #expect(received.requestID == answer.headers["X-Request-Id"].first)
            #expect(!received.requestID.isEmpty)
        }
    }

    @Test("Pages follow each other to the end")
    func pages() async throws {
        try await AdminFixture.run { admin in
            let first = try await admin.send(.GET, "/v1/instances?limit=1")
            #expect(first.items.map { $0["name"] as? String } == ["kmip-ab"])
            let cursor = try #require(first.json["nextCursor"] as? String)
            let second = try await admin.send(.GET, "/v1/instances?limit=1&cursor=\(cursor)")
            #expect(second.items.map { $0["name"] as? String } == ["kmip-cd"])
            #expect(second.json["nextCursor"] == nil)
        }
    }

    @Test("A limit or cursor out of its range", arguments: ["limit=0", "limit=501", "limit=x", "cursor=%21%21"])
    func invalidParameter(query: String) async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.GET, "/v1/instances?\(query)")
            #expect(answer.status == 400)
            #expect(answer.code == "invalid-parameter")
            #expect(admin.jobs.received.isEmpty)
        }
    }
}
