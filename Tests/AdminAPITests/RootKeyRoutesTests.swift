import AdminClient
import AdminResources
import AdminTestFront
import KeyModel
import NIOHTTP1
import Testing

@Suite("/v1/root-keys and /v1/operations")
struct RootKeyRoutesTests {
    @Test("Lists, shows, makes, suspends and resumes")
    func answers() async throws {
        try await AdminFixture.run { admin in
            let key = RootKeySample.description
            admin.jobs.set(
                \.answers,
                [
                    "root-key.list": .success(.rootKey(.list([key]))),
                    "root-key.show": .success(.rootKey(.rootKey(key))),
                    "root-key.create": .success(.rootKey(.rootKey(key))),
                    "root-key.suspend": .success(.rootKey(.rootKey(key))),
                    "root-key.resume": .success(.rootKey(.rootKey(key))),
                ]
            )
            let owner = admin.keyOwner
            let listed = try await admin.send(.GET, "/v1/root-keys", as: admin.viewer)
            #expect(listed.items.map { $0["name"] as? String } == ["first"])
            let shown = try await admin.send(.GET, "/v1/root-keys/first", as: admin.viewer)
            #expect(shown.status == 200 && shown.json["currentVersion"] as? Int == 2)
            let versions = try #require(shown.json["versions"] as? [[String: Any]])
            #expect(versions.map { $0["keyCount"] as? Int } == [3, 10])
            #expect(versions.map { $0["keptUntil"] as? String } == ["2024-02-13T22:13:20Z", nil])
            #expect(versions[0]["neededBy"] as? [String: Int] == ["kmip-ab": 1, "kmip-cd": 2])
            let made = try await admin.send(.POST, "/v1/root-keys", json: #"{"name":"first"}"#, as: owner)
            #expect(made.status == 201 && made.headers["Location"] == ["/v1/root-keys/root-1"])
            for action in ["suspend", "resume"] {
                let answer = try await admin.send(.POST, "/v1/root-keys/root-1/\(action)", as: owner)
                #expect(answer.status == 200 && answer.json["identifier"] as? String == "root-1")
            }
            #expect(
                admin.jobs.received.map(\.request) == [
                    .rootKey(.list), .rootKey(.show("first")), .rootKey(.create(name: "first")),
                    .rootKey(.suspend("root-1")), .rootKey(.resume("root-1")),
                ]
            )
        }
    }

    @Test("A rotation is accepted, and where to look how far it has come")
    func rotation() async throws {
        try await AdminFixture.run { admin in
            let running = RootKeySample.operation(.running)
            let ended = RootKeySample.operation(.failed)
            admin.jobs.set(
                \.answers,
                [
                    "root-key.rotate": .success(.rootKey(.rotation(running))),
                    "operation.show": .success(.operation(.operation(running))),
                    "operation.list": .success(.operation(.list([ended, running]))),
                ]
            )
            let answer = try await admin.send(.POST, "/v1/root-keys/first/rotate", as: admin.keyOwner)
            #expect(answer.status == 202 && answer.headers["Location"] == ["/v1/operations/o-running"])
            #expect(answer.json["done"] as? Int == 40 && answer.json["report"] == nil)
            let shown = try await admin.send(.GET, "/v1/operations/o-running", as: admin.viewer)
            #expect(shown.json["state"] as? String == "running" && shown.json["total"] as? Int == 100)
            let first = try await admin.send(.GET, "/v1/operations?limit=1")
            #expect(first.items.map { $0["identifier"] as? String } == ["o-failed"])
            #expect((first.items.first?["report"] as? [[String: Any]])?.map { $0["keyCount"] as? Int } == [60, 40])
            let cursor = try #require(first.json["nextCursor"] as? String)
            let second = try await admin.send(.GET, "/v1/operations?limit=1&cursor=\(cursor)")
            #expect(second.items.map { $0["identifier"] as? String } == ["o-running"])
            #expect(second.json["nextCursor"] == nil)
        }
    }

    @Test("What can't be done")
    func refusals() async throws {
        try await AdminFixture.run { admin in
            let running = RootKeySample.description
            admin.jobs.set(
                \.answers,
                [
                    "root-key.list": .success(.rootKey(.list([running]))),
                    "root-key.show": .success(.rootKey(.rootKey(running))),
                    "root-key.create": .failure(OperationFailure(.alreadyExists)),
                    "root-key.rotate": .failure(OperationFailure(.rotationRunning)),
                    "root-key.suspend": .failure(OperationFailure(.itemNotFound)),
                    "root-key.resume": .failure(OperationFailure(.rootKeyNotActive)),
                    "operation.show": .failure(OperationFailure(.itemNotFound)),
                ]
            )
            let cases: [(HTTPMethod, String, String?, Int, ProblemCode, String?)] = [
                (.POST, "/v1/root-keys", #"{"name":"first"}"#, 409, .rootKeyNameTaken, "'first'"),
                (.POST, "/v1/root-keys", #"{"name":"root-1"}"#, 409, .rootKeyNameTaken, "'root-1'"),
                (.POST, "/v1/root-keys", #"{"name":"other"}"#, 409, .rootKeyNameTaken, "'other'"),
                (.POST, "/v1/root-keys", #"{"name":"a b"}"#, 422, .invalidName, nil),
                (.POST, "/v1/root-keys", "{}", 400, .malformedRequest, "'name'"),
                (.POST, "/v1/root-keys/first/rotate", nil, 409, .rotationRunning, "Operation o-1 is at it"),
                (.POST, "/v1/root-keys/none/suspend", nil, 404, .rootKeyNotFound, "'none'"),
                (.POST, "/v1/root-keys/first/resume", nil, 409, .rootKeyNotActive, nil),
                (.GET, "/v1/root-keys/a%20b", nil, 404, .rootKeyNotFound, nil),
                (.GET, "/v1/operations/none", nil, 404, .operationNotFound, "'none'"),
                (.GET, "/v1/operations/%2e%2e", nil, 404, .operationNotFound, nil),
            ]
            for (method, path, json, status, code, detail) in cases {
                let answer = try await admin.send(method, path, json: json, as: admin.keyOwner)
                #expect(answer.status == status && answer.code == code.rawValue, "\(path): \(answer.text)")
                if let detail { #expect(answer.detail?.contains(detail) == true, "\(answer.text)") }
            }
        }
    }

    @Test("What others change at the same time is no name that is taken")
    func conflict() async throws {
        try await AdminFixture.run { admin in
            let conflict = Result<OperatorAnswer, OperationFailure>.failure(OperationFailure(.conflict))
            admin.jobs.set(
                \.answers,
                [
                    "root-key.list": .success(.rootKey(.list([RootKeySample.description]))),
                    "root-key.create": conflict, "root-key.suspend": conflict,
                ]
            )
            for (path, json) in [
                ("/v1/root-keys", #"{"name":"first"}"#), ("/v1/root-keys/first/suspend", nil),
            ] as [(String, String?)] {
                let answer = try await admin.send(.POST, path, json: json, as: admin.keyOwner)
                #expect(answer.status == 409 && answer.code == "conflict", "\(answer.text)")
                #expect(answer.detail?.contains("Try again") == true)
            }
        }
    }

    @Test("The client's typed results")
    func client() async throws {
        try await AdminFixture.run { admin in
            let key = Result<OperatorAnswer, OperationFailure>.success(.rootKey(.rootKey(RootKeySample.description)))
            let operation = RootKeySample.operation(.done)
            admin.jobs.set(
                \.answers,
                [
                    "root-key.list": .success(.rootKey(.list([RootKeySample.description]))), "root-key.show": key,
                    "root-key.create": key, "root-key.suspend": key, "root-key.resume": key,
                    "root-key.rotate": .success(.rootKey(.rotation(operation))),
                    "operation.show": .success(.operation(.operation(operation))),
                    "operation.list": .success(.operation(.list([operation]))),
                ]
            )
            let client = try AdminRESTClient(admin.configuration(as: admin.keyOwner))
            let shown = try await client.rootKey("first")
            #expect(shown.versions.map(\.status) == ["retired", "current"] && shown.rotation == "o-1")
            #expect(try await client.rootKeys() == [shown])
            #expect(try await client.createRootKey(NewRootKey(name: "first")) == shown)
            #expect(try await client.suspendRootKey("first") == shown)
            #expect(try await client.resumeRootKey("first") == shown)
            let rotation = try await client.rotateRootKey("first")
            #expect(rotation.state == .done && rotation.report?.map(\.keyCount) == [60, 40])
            #expect(try await client.operation("o-done") == rotation)
            #expect(try await client.operations() == [rotation])
        }
    }
}
