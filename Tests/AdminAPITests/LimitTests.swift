import AdminAPI
import AdminClient
import AdminResources
import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import NIOHTTP1
import Testing

/// What `ContractTests.limits` finds declared is what the front takes, and no more.
@Suite("Limits of requests")
struct LimitTests {
    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try ResourceCoding.encode(value), as: UTF8.self)
    }

    /// A certificate in PEM, with so much explanation before it that it is as long as may be.
    private func longestPEM(_ certificate: Certificate) -> String {
        let pem = certificate.pem
        return String(repeating: "x", count: ResourceLimits.pem - pem.unicodeScalars.count - 1) + "\n" + pem
    }

    private func signed(
        _ admin: AdminFixture,
        statement: Int = 2,
        signature: Int = 4,
        pem: String? = nil
    ) -> SignedStatementResource {
        SignedStatementResource(
            statement: String(repeating: "€", count: statement),
            signature: String(repeating: ".", count: signature),
            certificatePem: pem ?? admin.keyOwner.certificate.pem
        )
    }

    @Test("An order of revocations may name all keys that its limits allow")
    func revocations() async throws {
        try await AdminFixture.run { admin in
            let answer = OperatorAnswer.key(.revocation(RootKeySample.operation(.running)))
            admin.jobs.set(\.answers, ["key.revoke-all": .success(answer)])
            let keys = (0..<RevocationOrderResource.mostKeys).map { number in
                let digits = "\(number)"
                return String(repeating: "k", count: 128 - digits.utf8.count) + digits
            }
            let message = String(repeating: "€", count: RevocationReason.longestOperatorsMessage)
            let order = RevocationOrderResource(
                keys: keys,
                because: KeyRevocation(reason: .superseded, message: message),
                notRetrievedSince: nil
            )
            let client = try AdminRESTClient(admin.configuration(as: admin.manager))
            _ = try await client.revokeKeys(order, of: "kmip-ab")
            let reason = RevocationReason(code: .superseded, message: message)
            let expected = KeyRequest.revokeAll(
                instance: "kmip-ab",
                keys: keys.map { UniqueIdentifier($0) },
                reason,
                notRetrievedSince: nil
            )
            #expect(admin.jobs.received.map(\.request) == [.key(expected)])
        }
    }

    @Test("Bodies of more bytes than are taken, by a route's own limit")
    func bodies() async throws {
        try await AdminFixture.run { admin in
            let limits = AdminConfiguration.Limits()
            let routes = [
                ("/v1/instances/kmip-ab/key-revocations", limits.revocationOrderByteCount),
                ("/v1/instances/kmip-ab/keys/k/revoke", limits.bodyByteCount),
                ("/v1/instances", limits.bodyByteCount),
            ]
            for (path, most) in routes {
                let fitting = try await admin.send(.POST, path, json: String(repeating: " ", count: most))
                #expect(fitting.status == 400, "\(path)")
                let larger = try await admin.send(.POST, path, json: String(repeating: " ", count: most + 1))
                #expect(larger.status == 413 && larger.code == "body-too-large", "\(path)")
            }
            #expect(admin.jobs.received.isEmpty)
        }
    }

    @Test("All fields as long as may be reach the worker")
    func longest() async throws {
        try await AdminFixture.run { admin in
            let root = Result<OperatorAnswer, OperationFailure>.success(.rootKey(.rootKey(RootKeySample.description)))
            admin.jobs.set(\.answers, ["root-key.import": root])
            let certificate = admin.keyOwner.certificate
            let signed = SignedStatementResource(
                statement: String(repeating: "s", count: ResourceLimits.statement),
                signature: String(repeating: ".", count: ResourceLimits.signature),
                certificatePem: longestPEM(certificate)
            )
            let wrapped = [UInt8](repeating: 7, count: ResourceLimits.wrappedKey / 4 * 3)
            let client = try AdminRESTClient(admin.configuration(as: admin.keyOwner))
            _ = try await client.importRootKey(RootKeyToImport(name: "own", wrappedKey: wrapped, signed: signed))
            let sent = SignedStatement(
                statement: Array(signed.statement.utf8),
                signature: signed.signature,
                certificate: certificate.der
            )
            #expect(
                admin.jobs.received.map(\.request)
                    == [.rootKey(.importKey(name: "own", wrapped: wrapped, signed: sent))]
            )
            let new = NewCertificate(name: "vc", pem: longestPEM(certificate))
            let instance = "/v1/instances/kmip-ab/certificates"
            #expect(try await admin.send(.POST, instance, json: try json(new)).status == 201)
        }
    }

    @Test("A field that is longer is called by its name")
    func longer() async throws {
        try await AdminFixture.run { admin in
            let owner = admin.keyOwner
            let longest = longestPEM(owner.certificate)
            let pem = "x" + longest
            let (good, tooLong) = (signed(admin), signed(admin, pem: pem))
            let certificates = "/v1/instances/kmip-ab/certificates"
            let wrapped = [UInt8](repeating: 7, count: ResourceLimits.wrappedKey / 4 * 3 + 1)
            let cases: [(HTTPMethod, String, String, String)] = [
                (.POST, certificates, try json(NewCertificate(name: "vc", pem: pem)), "'pem'"),
                (.POST, certificates, try json(NewCertificate(name: "vc", pem: longest + "\n")), "'pem'"),
                (
                    .POST, "\(certificates)/vc/replace",
                    try json(CertificateReplacement(pem: pem, overlapSeconds: nil)), "'pem'"
                ),
                (
                    .POST, "/v1/operators",
                    try json(NewOperator(name: "eve", pem: pem, roles: ["viewer"], signed: good)), "'pem'"
                ),
                (
                    .POST, "/v1/identities",
                    try json(NewIdentity(name: "g", pem: pem, replaces: nil, signed: good)), "'pem'"
                ),
                (
                    .PUT, "/v1/root-keys/first/authorizations/kmip-ab",
                    try json(AuthorizationGrant(roles: ["viewer"], signed: tooLong)), "'certificatePem'"
                ),
                (
                    .POST, "/v1/root-keys/first/delete",
                    try json(RootKeyDeletionOrder(signed: [good, tooLong])), "'certificatePem'"
                ),
                (
                    .POST, "/v1/root-key-imports",
                    try json(
                        RootKeyToImport(
                            name: "own",
                            wrappedKey: [1],
                            signed: signed(admin, statement: ResourceLimits.statement + 1)
                        )
                    ), "'statement'"
                ),
                (
                    .POST, "/v1/root-keys/first/import-version",
                    try json(
                        RootKeyVersionToImport(
                            wrappedKey: [1],
                            signed: signed(admin, signature: ResourceLimits.signature + 1)
                        )
                    ), "'signature'"
                ),
                (
                    .POST, "/v1/root-key-imports",
                    try json(RootKeyToImport(name: "own", wrappedKey: wrapped, signed: good)), "'wrappedKey'"
                ),
                (
                    .POST, "/v1/root-keys/first/import-version",
                    try json(RootKeyVersionToImport(wrappedKey: wrapped, signed: good)), "'wrappedKey'"
                ),
            ]
            for (method, path, json, field) in cases {
                let answer = try await admin.send(method, path, json: json, as: owner)
                #expect(answer.status == 400 && answer.code == "malformed-request", "\(path): \(answer.text)")
                #expect(answer.detail?.contains(field) == true, "\(path): \(answer.text)")
            }
            #expect(admin.jobs.received.isEmpty)
        }
    }

    @Test("Whoever sends a private key hears of it, however long the text is")
    func privateKey() async throws {
        try await AdminFixture.run { admin in
            let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
            let text = String(repeating: "x", count: ResourceLimits.pem) + "\n" + key
            let body = try json(NewCertificate(name: "vc", pem: text))
            let answer = try await admin.send(.POST, "/v1/instances/kmip-ab/certificates", json: body)
            #expect(answer.status == 422 && answer.code == "private-key-submitted")
        }
    }

    @Test("Parameters at their limits, and one beyond")
    func parameters() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.answers, ["key.list": .success(.key(.list(KeyList(keys: [], next: nil))))])
            let keys = "/v1/instances/kmip-ab/keys"
            func text(_ count: Int) -> String { String(repeating: "A", count: count) }
            let queries: [(String, String)] = [
                ("limit=1", "limit=0"), ("limit=500", "limit=501"), ("name=\(text(256))", "name=\(text(257))"),
                ("owner=A", "owner="), ("identifier=\(text(128))", "identifier=\(text(129))"),
            ]
            for (good, bad) in queries {
                #expect(try await admin.send(.GET, "\(keys)?\(good)").status == 200, "\(good.prefix(20))")
                #expect(try await admin.send(.GET, "\(keys)?\(bad)").status == 400, "\(bad.prefix(20))")
            }
            #expect(try await admin.send(.GET, "/v1/instances?cursor=\(text(1_024))").status == 200)
            #expect(try await admin.send(.GET, "/v1/instances?cursor=\(text(1_025))").status == 400)
            let asked = admin.jobs.received.count
            #expect(try await admin.send(.GET, "\(keys)/\(text(128))").code == "key-not-found")
            #expect(admin.jobs.received.count == asked + 1)
            #expect(try await admin.send(.GET, "\(keys)/\(text(129))").code == "key-not-found")
            #expect(admin.jobs.received.count == asked + 1)
            for (count, isTaken) in [(255, true), (256, false)] {
                let headers: HTTPHeaders = ["Content-Type": "application/json", "Idempotency-Key": text(count)]
                let answer = try await admin.send(.POST, "/v1/instances", json: "{}", headers: headers)
                #expect((answer.code == "invalid-parameter") == !isTaken)
            }
        }
    }
}
