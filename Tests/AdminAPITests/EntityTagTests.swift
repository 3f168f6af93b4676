import AdminResources
import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import NIOHTTP1
import Testing

@Suite("ETag")
struct EntityTagTests {
    private static func entityTag(_ tag: RecordTag) -> [String] { ["\"\(Hexadecimal.encode(tag.text.utf8))\""] }

    @Test("What is shown, and the answer to its change, have the record's tag")
    func tags() async throws {
        try await AdminFixture.run { admin in
            let instance = AccessSamples.instance()
            let authorization = AccessSamples.authorization()
            let (eve, gateway) = (AccessSamples.operator("eve", 1), AccessSamples.identity("gateway", 3))
            let root = RootKeySample.description
            admin.jobs.set(
                \.answers,
                [
                    "instance.show": .success(AccessSamples.details(nil, instance)),
                    "instance.deactivate": .success(.instance(.changed(instance))),
                    "instance.removal-steps": .success(AccessSamples.removal()),
                    "instance.check-removal-step": .success(AccessSamples.removal()),
                    "authorization.list": .success(.authorization(.list([authorization]))),
                    "operator.list": .success(.registeredOperator(.list(eve))),
                    "operator.revoke": .success(.registeredOperator(.revoked(eve[0]))),
                    "identity.list": .success(.identity(.list(gateway))),
                    "identity.revoke": .success(.identity(.revoked(gateway[0]))),
                    "root-key.show": .success(.rootKey(.rootKey(root))),
                    "root-key.suspend": .success(.rootKey(.rootKey(root))),
                ]
            )
            let (operatorPath, identityPath) = (
                "/v1/operators/\(eve[0].fingerprint)", "/v1/identities/\(gateway[0].fingerprint)"
            )
            let shown: [(String, RecordTag)] = [
                ("/v1/instances/kmip-ab", instance.instance.tag),
                ("/v1/instances/kmip-ab/removal-steps", instance.instance.tag),
                ("/v1/root-keys/first", root.tag),
                ("/v1/root-keys/first/authorizations/kmip-ab", authorization.authorization.tag),
                (operatorPath, eve[0].tag), (identityPath, gateway[0].tag),
            ]
            for (path, tag) in shown {
                let answer = try await admin.send(.GET, path)
                #expect(answer.status == 200 && answer.headers["ETag"] == Self.entityTag(tag), "\(path)")
            }
            let changed: [(String, String?, RecordTag)] = [
                ("/v1/instances/kmip-ab/deactivate", nil, instance.instance.tag),
                (
                    "/v1/instances/kmip-ab/check-removal-step", #"{"step":"hosts","isChecked":true}"#,
                    instance.instance.tag
                ),
                ("/v1/root-keys/first/suspend", nil, root.tag), ("\(operatorPath)/revoke", nil, eve[0].tag),
                ("\(identityPath)/revoke", #"{"evenThisFront":true}"#, gateway[0].tag),
            ]
            for (path, json, tag) in changed {
                let isOwners = !path.contains("instances") && json == nil
                let answer = try await admin.send(
                    .POST,
                    path,
                    json: json,
                    as: isOwners ? admin.keyOwner : admin.manager
                )
                #expect(answer.status == 200 && answer.headers["ETag"] == Self.entityTag(tag), "\(path)")
            }
        }
    }

    @Test("A root key has its tag in whatever answer shows it")
    func rootKeys() async throws {
        try await AdminFixture.run { admin in
            let root = RootKeySample.deleting
            let answer = Result<OperatorAnswer, OperationFailure>.success(.rootKey(.rootKey(root)))
            let names = ["create", "import", "delete", "restore", "resume"].map { "root-key.\($0)" }
            admin.jobs.set(\.answers, Dictionary(uniqueKeysWithValues: names.map { ($0, answer) }))
            let signed = SignedStatementResource(
                statement: "{}",
                signature: "a..b",
                certificatePem: admin.keyOwner.certificate.pem
            )
            func body(_ value: some Encodable) throws -> String {
                String(decoding: try ResourceCoding.encode(value), as: UTF8.self)
            }
            let imported = RootKeyToImport(name: "own", wrappedKey: [1, 2, 3], signed: signed)
            let cases: [(String, String?, Int)] = [
                ("/v1/root-keys", #"{"name":"first"}"#, 201), ("/v1/root-key-imports", try body(imported), 201),
                ("/v1/root-keys/first/delete", try body(RootKeyDeletionOrder(signed: [signed, signed])), 202),
                ("/v1/root-keys/first/restore", nil, 200), ("/v1/root-keys/first/resume", nil, 200),
            ]
            for (path, json, status) in cases {
                let answer = try await admin.send(.POST, path, json: json, as: admin.keyOwner)
                #expect(answer.status == status && answer.headers["ETag"] == Self.entityTag(root.tag), "\(path)")
            }
        }
    }

    @Test("Nothing is shown of what is not there")
    func missing() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(
                \.answers,
                [
                    "authorization.list": .success(.authorization(.list([]))),
                    "instance.show": .success(AccessSamples.details(nil)),
                    "operator.list": .success(.registeredOperator(.list([]))),
                    "identity.list": .success(.identity(.list([]))),
                ]
            )
            let fingerprint = String(repeating: "0a", count: 32)
            let cases = [
                ("/v1/root-keys/first/authorizations/kmip-ab", "authorization-not-found"),
                ("/v1/operators/\(fingerprint)", "operator-not-found"), ("/v1/operators/zz", "operator-not-found"),
                ("/v1/identities/\(fingerprint)", "identity-not-found"), ("/v1/identities/zz", "identity-not-found"),
            ]
            for (path, code) in cases {
                let answer = try await admin.send(.GET, path)
                #expect(answer.status == 404 && answer.code == code && answer.headers["ETag"].isEmpty, "\(path)")
            }
        }
    }
}
