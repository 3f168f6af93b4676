import AdminClient
import AdminResources
import AdminTestFront
import Cryptography
import JobDispatch
import KeyModel
import Testing

/// A change whose answer is lost may have been made: the client asks once more, as the same request.
@Suite("Answers that are lost")
struct RetryTests {
    private typealias Change = @Sendable (AdminRESTClient) async throws -> Void

    private static func signed(_ admin: AdminFixture) -> SignedStatementResource {
        SignedStatementResource(statement: "{}", signature: "a..b", certificatePem: admin.keyOwner.certificate.pem)
    }

    private static func instanceChanges(_ pem: String, _ fingerprint: String) -> [String: Change] {
        let superseded = KeyRevocation(reason: .superseded, message: nil)
        return [
            "instance.create": { _ = try await $0.createInstance(nil) },
            "instance.activate": { _ = try await $0.activateInstance("kmip-ab", with: "first") },
            "instance.deactivate": { _ = try await $0.deactivateInstance("kmip-ab") },
            "instance.check-removal-step": {
                _ = try await $0.checkRemovalStep(RemovalStepCheck(step: "hosts", isChecked: true), of: "kmip-ab")
            },
            "certificate.add": {
                _ = try await $0.addCertificate(NewCertificate(name: "vc", pem: pem), to: "kmip-ab")
            },
            "certificate.replace": {
                let replacement = CertificateReplacement(pem: pem, overlapSeconds: nil)
                _ = try await $0.replaceCertificate("vc", of: "kmip-ab", with: replacement)
            },
            "certificate.admit": {
                _ = try await $0.admitCertificate(fingerprint, CertificateAdmission(instance: "kmip-ab", name: "vc"))
            },
            "key.revoke": { _ = try await $0.revokeKey("k-1", of: "kmip-ab", because: superseded) },
            "key.revoke-all": {
                let order = RevocationOrderResource(keys: ["k-1"], because: superseded, notRetrievedSince: nil)
                _ = try await $0.revokeKeys(order, of: "kmip-ab")
            },
            "key.restore": { _ = try await $0.restoreKey("k-1", of: "kmip-ab") },
            "key.destroy": { _ = try await $0.destroyKey("k-1", of: "kmip-ab") },
        ]
    }

    private static func ownersChanges(
        _ signed: SignedStatementResource,
        _ pem: String,
        _ fingerprint: String
    ) -> [String: Change] {
        [
            "root-key.create": { _ = try await $0.createRootKey(NewRootKey(name: "one")) },
            "root-key.rotate": { _ = try await $0.rotateRootKey("first") },
            "root-key.suspend": { _ = try await $0.suspendRootKey("first") },
            "root-key.resume": { _ = try await $0.resumeRootKey("first") },
            "root-key.import": {
                _ = try await $0.importRootKey(RootKeyToImport(name: "own", wrappedKey: [1], signed: signed))
            },
            "root-key.import-version": {
                let version = RootKeyVersionToImport(wrappedKey: [1], signed: signed)
                _ = try await $0.importRootKeyVersion(version, of: "first")
            },
            "root-key.delete": {
                _ = try await $0.deleteRootKey("first", RootKeyDeletionOrder(signed: [signed, signed]))
            },
            "root-key.restore": { _ = try await $0.restoreRootKey("first") },
            "authorization.grant": {
                let grant = AuthorizationGrant(roles: ["viewer"], signed: signed)
                _ = try await $0.grantAuthorization(grant, for: "first", to: "kmip-ab")
            },
            "operator.add": {
                let new = NewOperator(name: "eve", pem: pem, roles: ["viewer"], signed: signed)
                _ = try await $0.addOperator(new)
            },
            "operator.revoke": { _ = try await $0.revokeOperator(fingerprint) },
            "identity.add": {
                let new = NewIdentity(name: "gateway-2", pem: pem, replaces: nil, signed: signed)
                _ = try await $0.addIdentity(new)
            },
            "identity.revoke": { _ = try await $0.revokeIdentity(fingerprint, evenThisFront: false) },
        ]
    }

    /// That each has an Idempotency-Key the fixture looks at; that it is the same one can be seen here.
    @Test("Every POST and PUT that no worker answered in time is sent again, as the same job")
    func deadlinePassed() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.roles, [try admin.manager.fingerprint: Set(Operator.Role.allCases)])
            let pem = try TestAuthority("anyone").client("vcenter").certificate.pem
            let fingerprint = String(repeating: "0a", count: 32)
            let changes = Self.instanceChanges(pem, fingerprint)
                .merging(Self.ownersChanges(Self.signed(admin), pem, fingerprint)) { one, _ in one }
            let sentAgain = admin.contract.operations.filter { ["POST", "PUT"].contains($0.method) }
            #expect(changes.count == sentAgain.count)
            let client = try AdminRESTClient(admin.configuration(as: admin.manager))
            for (name, change) in changes {
                let before = admin.jobs.received.count
                admin.jobs.set(\.nextFailures, [DispatchError(.deadlinePassed)])
                // What the second one comes to does not matter here.
                try? await change(client)
                let jobs = Array(admin.jobs.received.dropFirst(before))
                try #require(jobs.count >= 2, "\(name)")
                #expect(jobs[0].request.name == name && jobs[1].request == jobs[0].request, "\(name)")
                #expect(jobs[1].requestID == jobs[0].requestID, "\(name)")
            }
        }
    }

    @Test("Twice in vain is enough, and what only reads is not sent again")
    func givesUp() async throws {
        try await AdminFixture.run { admin in
            let client = try AdminRESTClient(admin.configuration(as: admin.keyOwner))
            let late = DispatchError(.deadlinePassed)
            admin.jobs.set(\.nextFailures, [late, late, late])
            await #expect(throws: AdminClientError.self) { _ = try await client.suspendRootKey("first") }
            #expect(admin.jobs.received.count == 2)
            admin.jobs.set(\.nextFailures, [late])
            await #expect(throws: AdminClientError.self) { _ = try await client.rootKey("first") }
            #expect(admin.jobs.received.count == 3)
            #expect(Set(admin.jobs.received.map(\.requestID)).count == 2)
        }
    }

    @Test("A change whose answer is lost with its connection is asked for again, with a body or without")
    func connectionLost() async throws {
        try await AdminFixture.run { admin in
            let wire = try await LossyWire(to: admin.port)
            var configuration = admin.configuration(as: admin.keyOwner)
            configuration.endpoint = AdminEndpoint(host: "127.0.0.1", port: wire.port)
            let client = try AdminRESTClient(configuration)
            let authorization = AccessSamples.authorization()
            let loss: RegisterOfJobs.Hook? = { await wire.lose() }
            admin.jobs.set(
                \.answers,
                [
                    "authorization.grant": .success(.authorization(.granted(authorization))),
                    "root-key.suspend": .success(.rootKey(.rootKey(RootKeySample.description))),
                ]
            )
            admin.jobs.set(\.onNextAnswer, loss)
            let grant = AuthorizationGrant(roles: ["viewer"], signed: Self.signed(admin))
            let granted = try await client.grantAuthorization(grant, for: "first", to: "kmip-ab")
            #expect(granted.instance == "kmip-ab")
            admin.jobs.set(\.onNextAnswer, loss)
            #expect(try await client.suspendRootKey("first").name == "first")
            let jobs = admin.jobs.received
            try #require(jobs.count == 4)
            #expect(jobs[0].requestID == jobs[1].requestID && jobs[0].request == jobs[1].request)
            #expect(jobs[2].requestID == jobs[3].requestID && jobs[2].request == jobs[3].request)
            #expect(jobs[0].requestID != jobs[2].requestID)
            await wire.close()
        }
    }
}
