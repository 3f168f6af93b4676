import AdminClient
import AdminResources
import AdminTestFront
import Foundation
import JobDispatch
import KeyModel
import NIOHTTP1
import Testing

@Suite("/v1/instances/{name}/keys")
struct KeyRoutesTests {
    private static let keys = "/v1/instances/kmip-ab/keys"
    private static let moment = Timestamp(secondsSince1970: 1_790_000_000)

    private static func key(_ state: ObjectState = .active) -> KeyDescription {
        var dates = KeyDescription.Dates()
        (dates.created, dates.lastRetrieved) = (moment, moment.advanced(bySeconds: 60))
        return KeyDescription(
            identifier: UniqueIdentifier("k-1"),
            objectType: .symmetricKey,
            algorithm: .aes,
            length: 256,
            state: state,
            dates: dates,
            revocationReason: state == .deactivated ? RevocationReason(code: .superseded, message: "rekeyed") : nil,
            attributes: [Attribute(name: AttributeName("x-Name"), value: .text("vm-1"))],
            wrapping: KeyDescription.Wrapping(rootKey: RootKeyIdentifier("root-1"), version: 2),
            revision: 3
        )
    }

    private static func answer(_ request: String, _ answer: KeyAnswer, _ admin: AdminFixture) {
        admin.jobs.set(\.answers, [request: .success(.key(answer))])
    }

    @Test("A list has what is known of each key, and where it goes on")
    func list() async throws {
        try await AdminFixture.run { admin in
            let next = KeySearch.Position(created: Self.moment, identifier: UniqueIdentifier("k-2"))
            let list = KeyList(keys: [.key(Self.key()), .corrupted(UniqueIdentifier("k-2"))], next: next)
            Self.answer("key.list", .list(list), admin)
            let answer = try await admin.send(.GET, Self.keys, as: admin.viewer)
            #expect(answer.status == 200)
            let key = try #require(answer.items.first)
            #expect(key["displayName"] as? String == "vmware_kmip-kmip-ab-k-1")
            #expect(key["state"] as? String == "active" && key["algorithm"] as? String == "AES")
            #expect(key["lastRetrieved"] as? String == "2026-09-21T14:14:20Z")
            #expect(key["rootKeyVersion"] as? Int == 2 && key["revocation"] == nil)
            #expect(key["attributes"] as? [[String: String]] == [["name": "x-Name", "value": "vm-1"]])
            #expect(
                answer.items.last?.compactMapValues { $0 as? String }
                    == ["identifier": "k-2", "displayName": "vmware_kmip-kmip-ab-k-2", "state": "corrupted"]
            )
            let cursor = try #require(answer.json["nextCursor"] as? String)
            _ = try await admin.send(.GET, "\(Self.keys)?cursor=\(cursor)&limit=7")
            guard case .key(.list("kmip-ab", let search))? = admin.jobs.received.last?.request else {
                Issue.record("\(admin.jobs.received)")
                return
            }
            #expect(search.after == next && search.limit == 7)
        }
    }

    @Test("Every parameter arrives")
    func parameters() async throws {
        try await AdminFixture.run { admin in
            Self.answer("key.list", .list(KeyList(keys: [], next: nil)), admin)
            var query = KeyQuery()
            (query.identifier, query.name, query.owner) = ("k-", "vm 1 & more", "4c4c")
            (query.component, query.productVersion) = ("Virtual Machine", "8.0.1 build-1")
            query.states = ["active", "deactivated"]
            query.createdFrom = Date(timeIntervalSince1970: 1_000)
            query.createdBefore = Date(timeIntervalSince1970: 2_000)
            query.notRetrievedSince = Date(timeIntervalSince1970: 3_000)
            let client = try AdminRESTClient(admin.configuration(as: admin.viewer))
            _ = try await client.keyPage(of: "kmip-ab", matching: query, limit: 9)
            func text(_ name: String, _ value: String) -> Attribute {
                Attribute(name: AttributeName(name), value: .text(value))
            }
            var expected = KeySearch(limit: 9)
            expected.identifierPrefix = "k-"
            expected.attributes = [
                text("x-Component", "Virtual Machine"), text("x-Name", "vm 1 & more"), text("x-Identifier", "4c4c"),
                text("x-Product_Version", "8.0.1 build-1"),
            ]
            expected.states = [.active, .deactivated]
            expected.createdFrom = Timestamp(secondsSince1970: 1_000)
            expected.createdBefore = Timestamp(secondsSince1970: 2_000)
            expected.retrieval = .notSince(Timestamp(secondsSince1970: 3_000))
            #expect(admin.jobs.received.last?.request == .key(.list(instance: "kmip-ab", expected)))
            query.neverRetrieved = true
            _ = try await client.keyPage(of: "kmip-ab", matching: query, limit: 9)
            expected.retrieval = .never
            #expect(admin.jobs.received.last?.request == .key(.list(instance: "kmip-ab", expected)))
        }
    }

    @Test(
        "Parameters out of their range",
        arguments: [
            "limit=0", "limit=501", "cursor=x", "cursor=YQ", "identifier=", "name=", "state=lost", "state=",
            "createdFrom=yesterday", "createdBefore=", "notRetrievedSince=1", "neverRetrieved=yes",
            "identifier=" + String(repeating: "a", count: 129),
        ]
    )
    func invalidParameter(query: String) async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.GET, "\(Self.keys)?\(query)")
            #expect(answer.status == 400 && answer.code == "invalid-parameter")
            #expect(admin.jobs.received.isEmpty)
        }
    }

    @Test("A key and its history")
    func show() async throws {
        try await AdminFixture.run { admin in
            Self.answer("key.show", .key(.key(Self.key(.deactivated))), admin)
            let shown = try await admin.send(.GET, "\(Self.keys)/k-1", as: admin.auditor)
            #expect(shown.status == 200)
            #expect(shown.json["revocation"] as? [String: String] == ["reason": "superseded", "message": "rekeyed"])
            let position = KeyHistoryPart.Position(time: Self.moment, chain: [1, 2, 3], sequence: 77)
            let event = KeyEvent(
                action: .keyRevoke,
                initiator: "Operator-00",
                address: "192.0.2.1",
                failure: .wrongLifecycleState,
                requestID: "00",
                isRepeat: false,
                time: Self.moment
            )
            Self.answer("key.history", .history(KeyHistory(events: [event], next: position, corruptedCount: 1)), admin)
            let history = try await admin.send(.GET, "\(Self.keys)/k-1/history?limit=1")
            #expect(history.items.first?["action"] as? String == "kmip-key.revoke")
            #expect(history.items.first?["succeeded"] as? Bool == false)
            #expect(history.json["corruptedCount"] as? Int == 1)
            let cursor = try #require(history.json["nextCursor"] as? String)
            _ = try await admin.send(.GET, "\(Self.keys)/k-1/history?limit=1&cursor=\(cursor)")
            let part = KeyHistoryPart(limit: 1, after: position)
            #expect(
                admin.jobs.received.last?.request
                    == .key(.history(instance: "kmip-ab", key: UniqueIdentifier("k-1"), part))
            )
            for cursor in ["x", "YSBiIGM", "MSBmZiA"] {
                let refused = try await admin.send(.GET, "\(Self.keys)/k-1/history?cursor=\(cursor)")
                #expect(refused.status == 400)
            }
        }
    }

    @Test("Changes arrive, and their results come back")
    func changes() async throws {
        try await AdminFixture.run { admin in
            let client = try AdminRESTClient(admin.configuration(as: admin.manager))
            let key = UniqueIdentifier("k-1")
            Self.answer("key.revoke", .changed(Self.key(.deactivated)), admin)
            let because = KeyRevocation(reason: .superseded, message: "rekeyed")
            let revoked = try await client.revokeKey("k-1", of: "kmip-ab", because: because)
            #expect(revoked.state == "deactivated" && revoked.content?.revocation == because)
            let reason = RevocationReason(code: .superseded, message: "rekeyed")
            #expect(admin.jobs.received.last?.request == .key(.revoke(instance: "kmip-ab", key: key, reason)))
            Self.answer("key.restore", .changed(Self.key()), admin)
            #expect(try await client.restoreKey("k-1", of: "kmip-ab").state == "active")
            #expect(admin.jobs.received.last?.request == .key(.restore(instance: "kmip-ab", key: key)))
            Self.answer("key.destroy", .changed(Self.key(.destroyed)), admin)
            #expect(try await client.destroyKey("k-1", of: "kmip-ab").state == "destroyed")
            #expect(admin.jobs.received.last?.request == .key(.destroy(instance: "kmip-ab", key: key)))
        }
    }

    @Test("Many keys are revoked by an operation")
    func revokeAll() async throws {
        try await AdminFixture.run { admin in
            let client = try AdminRESTClient(admin.configuration(as: admin.manager))
            var operation = BackgroundOperation(
                stored: .init(identifier: "i-1", name: "kmip-ab", targetVersion: nil),
                identifier: OperationIdentifier("o-1"),
                kind: .keyRevocation,
                partition: try #require(PartitionName("main")),
                started: Timestamp(secondsSince1970: 1_700_000_000)
            )
            operation.total = 2
            Self.answer("key.revoke-all", .revocation(operation), admin)
            let since = Date(timeIntervalSince1970: 1_699_000_000)
            let order = RevocationOrderResource(
                keys: ["k-1", "k-2"],
                because: KeyRevocation(reason: .superseded, message: "rekeyed"),
                notRetrievedSince: since
            )
            let accepted = try await client.revokeKeys(order, of: "kmip-ab")
            #expect(accepted.identifier == "o-1" && accepted.kind == "key-revocation" && accepted.total == 2)
            let expected = KeyRequest.revokeAll(
                instance: "kmip-ab",
                keys: [UniqueIdentifier("k-1"), UniqueIdentifier("k-2")],
                RevocationReason(code: .superseded, message: "rekeyed"),
                notRetrievedSince: Timestamp(secondsSince1970: 1_699_000_000)
            )
            #expect(admin.jobs.received.map(\.request) == [.key(expected)])
            let path = "/v1/instances/kmip-ab/key-revocations"
            let answer = try await admin.send(.POST, path, json: #"{"keys":["k"],"reason":"superseded"}"#)
            #expect(answer.status == 202 && answer.headers.first(name: "location") == "/v1/operations/o-1")
            let asked = admin.jobs.received.count
            let many = (0...1_000).map { "\"k-\($0)\"" }.joined(separator: ",")
            let long = String(repeating: "x", count: 129)
            for keys in ["[]", "[\(many)]", #"[""]"#, #"["\#(long)"]"#, #"["a\u0000"]"#, #"["clé"]"#, "1"] {
                let json = #"{"keys":\#(keys),"reason":"superseded"}"#
                let refused = try await admin.send(.POST, path, json: json)
                #expect(refused.status == 400 && refused.code == "malformed-request", "\(keys.prefix(20))")
            }
            let never = #"{"keys":["k"],"reason":"superseded","notRetrievedSince":"yesterday"}"#
            #expect(try await admin.send(.POST, path, json: never).code == "invalid-parameter")
            #expect(admin.jobs.received.count == asked)
        }
    }

    @Test("Reasons that there are not, and messages that are too long")
    func revocations() async throws {
        try await AdminFixture.run { admin in
            let long = String(repeating: "€", count: 1_025)
            for body in [#"{}"#, #"{"reason":"lost"}"#, #"{"reason":"superseded","message":"\#(long)"}"#, "[]"] {
                let answer = try await admin.send(.POST, "\(Self.keys)/k-1/revoke", json: body)
                #expect(answer.status == 400 && answer.code == "malformed-request")
            }
            #expect(admin.jobs.received.isEmpty)
            Self.answer("key.revoke", .changed(Self.key(.deactivated)), admin)
            let most = #"{"reason":"superseded","message":"\#(long.dropLast())"}"#
            #expect(try await admin.send(.POST, "\(Self.keys)/k-1/revoke", json: most).status == 200)
        }
    }

    @Test("What a worker refuses")
    func refusals() async throws {
        let cases: [(OperationFailure.Code, Int, String)] = [
            (.wrongLifecycleState, 409, "key-wrong-state"), (.objectDestroyed, 409, "key-destroyed"),
            (.keyNotFound, 404, "key-not-found"), (.itemNotFound, 404, "instance-not-found"),
            (.conflict, 409, "conflict"), (.recordCorrupted, 500, "record-corrupted"),
        ]
        try await AdminFixture.run { admin in
            for (code, status, problem) in cases {
                admin.jobs.set(\.failure, DispatchError(refusal: OperationFailure(code)))
                let answer = try await admin.send(.POST, "\(Self.keys)/k-1/destroy")
                #expect(answer.status == status && answer.code == problem)
                if code == .wrongLifecycleState { #expect(answer.detail == "The key is active: revoke it first.") }
            }
            admin.jobs.set(\.failure, nil)
            let long = try await admin.send(.GET, "\(Self.keys)/\(String(repeating: "a", count: 129))")
            #expect(long.code == "key-not-found")
        }
    }
}
