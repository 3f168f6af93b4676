import AdminClient
import AdminResources
import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import NIOHTTP1
import Testing

@Suite("/v1/root-key-import-token, /v1/root-key-imports and /v1/root-keys/{rootKey}/import-version")
struct RootKeyImportRoutesTests {
    private static let wrapped = [UInt8](repeating: 0xA5, count: 384)

    /// An operator's signature; whether it is good is for workers to say.
    private func signed(_ admin: AdminFixture) -> SignedStatementResource {
        SignedStatementResource(statement: "{}", signature: "a..b", certificatePem: admin.keyOwner.certificate.pem)
    }

    private func body(_ value: some Encodable) throws -> String {
        String(decoding: try ResourceCoding.encode(value), as: UTF8.self)
    }

    @Test("What comes is handed to the worker as it is")
    func answers() async throws {
        try await AdminFixture.run { admin in
            let statement = SignedStatement(
                statement: Array(#"{"purpose":"x"}"#.utf8),
                signature: "c..d",
                certificate: admin.keyOwner.certificate.der
            )
            let operation = RootKeySample.operation(.running)
            admin.jobs.set(
                \.answers,
                [
                    "root-key.import-token": .success(.rootKey(.importToken(statement))),
                    "root-key.import": .success(.rootKey(.rootKey(RootKeySample.description))),
                    "root-key.import-version": .success(.rootKey(.rotation(operation))),
                ]
            )
            let client = try AdminRESTClient(admin.configuration(as: admin.keyOwner))
            let token = try await client.rootKeyImportToken()
            #expect(token.statement == #"{"purpose":"x"}"# && token.signature == "c..d")
            #expect(token.certificatePem == admin.keyOwner.certificate.pem)
            let new = RootKeyToImport(name: "own", wrappedKey: Self.wrapped, signed: signed(admin))
            #expect(try await client.importRootKey(new).identifier == "root-1")
            let version = RootKeyVersionToImport(wrappedKey: Self.wrapped, signed: signed(admin))
            #expect(try await client.importRootKeyVersion(version, of: "first").targetVersion == 2)
            let sent = SignedStatement(
                statement: Array("{}".utf8),
                signature: "a..b",
                certificate: admin.keyOwner.certificate.der
            )
            #expect(
                admin.jobs.received.map(\.request) == [
                    .rootKey(.importToken), .rootKey(.importKey(name: "own", wrapped: Self.wrapped, signed: sent)),
                    .rootKey(.importVersion("first", wrapped: Self.wrapped, signed: sent)),
                ]
            )
            let path = "/v1/root-key-imports"
            let made = try await admin.send(.POST, path, json: try body(new), as: admin.keyOwner)
            #expect(made.status == 201 && made.headers["Location"] == ["/v1/root-keys/root-1"])
            let versionPath = "/v1/root-keys/first/import-version"
            let rotated = try await admin.send(.POST, versionPath, json: try body(version), as: admin.keyOwner)
            #expect(rotated.status == 202 && rotated.headers["Location"] == ["/v1/operations/o-running"])
        }
    }

    @Test("What a worker refuses, in words")
    func refusals() async throws {
        try await AdminFixture.run { admin in
            let new = try body(RootKeyToImport(name: "own", wrappedKey: Self.wrapped, signed: signed(admin)))
            let version = try body(RootKeyVersionToImport(wrappedKey: Self.wrapped, signed: signed(admin)))
            let cases: [(OperationFailure.Code, Int, ProblemCode)] = [
                (.statementNotAccepted, 403, .statementNotAccepted),
                (.rootKeyImportUnavailable, 409, .rootKeyImportUnavailable),
                (.wrappedKeyNotAccepted, 422, .wrappedKeyNotAccepted),
                (.rootKeyLengthNotAccepted, 422, .rootKeyLengthNotAccepted),
            ]
            for (code, status, problem) in cases {
                let failure = Result<OperatorAnswer, OperationFailure>.failure(OperationFailure(code))
                admin.jobs.set(\.answers, ["root-key.import": failure, "root-key.import-version": failure])
                for (path, json) in [
                    ("/v1/root-key-imports", new), ("/v1/root-keys/first/import-version", version),
                ] {
                    let answer = try await admin.send(.POST, path, json: json, as: admin.keyOwner)
                    #expect(answer.status == status && answer.code == problem.rawValue, "\(answer.text)")
                    #expect(answer.detail != nil)
                }
            }
            admin.jobs.set(
                \.answers,
                [
                    "root-key.import": .failure(OperationFailure(.alreadyExists)),
                    "root-key.import-version": .failure(OperationFailure(.itemNotFound)),
                    "root-key.import-token": .failure(OperationFailure(.rootKeyImportUnavailable)),
                ]
            )
            let taken = try await admin.send(.POST, "/v1/root-key-imports", json: new, as: admin.keyOwner)
            #expect(taken.code == "root-key-name-taken" && taken.detail?.contains("'own'") == true)
            let missing = "/v1/root-keys/none/import-version"
            let none = try await admin.send(.POST, missing, json: version, as: admin.keyOwner)
            #expect(none.code == "root-key-not-found" && none.detail?.contains("'none'") == true)
            let token = try await admin.send(.GET, "/v1/root-key-import-token", as: admin.viewer)
            #expect(token.status == 409 && token.code == "root-key-import-unavailable")
            #expect(token.detail?.contains("hsm.rootKeyImportKey") == true)
        }
    }

    @Test("What does not reach a worker")
    func malformed() async throws {
        try await AdminFixture.run { admin in
            let pem = admin.keyOwner.certificate.pem.replacing("\n", with: "\\n")
            func json(_ name: String, _ key: String, _ pem: String) -> String {
                #"{"name":"\#(name)","wrappedKey":\#(key),"signed":{"statement":"{}","signature":"a..b","certificatePem":"\#(pem)"}}"#
            }
            let cases: [(String, Int, ProblemCode)] = [
                (json("a b", #""AAAA""#, pem), 422, .invalidName),
                (json("own", #""not base64!""#, pem), 400, .malformedRequest),
                (json("own", "7", pem), 400, .malformedRequest),
                (json("own", #""AAAA""#, "none"), 422, .certificateMalformed),
                (#"{"name":"own","wrappedKey":"AAAA"}"#, 400, .malformedRequest),
            ]
            for (json, status, code) in cases {
                let answer = try await admin.send(.POST, "/v1/root-key-imports", json: json, as: admin.keyOwner)
                #expect(answer.status == status && answer.code == code.rawValue, "\(json): \(answer.text)")
            }
            #expect(admin.jobs.received.isEmpty)
        }
    }
}
