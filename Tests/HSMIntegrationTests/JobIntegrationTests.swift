import Cryptography
import PKCS11
import TestServices
import Testing

@testable import HSM

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct JobIntegrationTests {
    @Test func aGeneratedKeyReachesTheGatewayAndHasTheDigestThatWasTold() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token) { $0.allowsDES3 = true }
            let kinds: [MaterialKind] = [
                .aes(byteCount: 16), .aes(byteCount: 24), .aes(byteCount: 32), .des3, .secret(byteCount: 64),
            ]
            for kind in kinds {
                let made = try jobs.session.generateKey(kind, under: jobs.root)
                let key = try jobs.received(try jobs.get(made.wrapped, kind))
                #expect(key.count == kind.byteCount)
                #expect(SHA256.hash(key) == made.digestSHA256, "\(kind)")
            }
        }
    }

    @Test func registeredMaterialComesBack() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let kinds: [MaterialKind] = [
                .aes(byteCount: 16), .aes(byteCount: 32), .des3, .secret(byteCount: 8), .secret(byteCount: 512),
            ]
            for kind in kinds {
                let material = try RandomBytes.generate(count: kind.byteCount)
                let atRest = try jobs.register(try jobs.sent(material), kind)
                #expect(try jobs.received(try jobs.get(atRest, kind)) == material, "\(kind)")
            }
        }
    }

    /// SoftHSM pads to 8 bytes before it wraps: the caller keeps the true length.
    @Test(arguments: [1, 13, 20, 511])
    func materialOfAnOddLengthComesBackWithPadding(count: Int) async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let material = try RandomBytes.generate(count: count)
            let atRest = try jobs.register(try jobs.sent(material), .secret(byteCount: count))
            let received = try jobs.received(try jobs.get(atRest, .secret(byteCount: count)))
            #expect(Array(received.prefix(count)) == material)
            #expect(received.dropFirst(count).allSatisfy { $0 == 0 } && received.count < count + 8)
        }
    }

    @Test func rotationMovesAKeyToAnotherVersion() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let next = try jobs.session.createRootKeyVersion(label: "keyferry-root-test-v2").identifier
            let kind = MaterialKind.aes(byteCount: 32)
            let made = try jobs.session.generateKey(kind, under: jobs.root)
            let moved = try jobs.session.rewrap(
                made.wrapped,
                from: .rootKeyVersion(jobs.root),
                to: .rootKeyVersion(next),
                kind
            )
            #expect(throws: HSMError(.wrappedKeyRejected)) { try jobs.get(moved, kind) }
            let got = try jobs.session.rewrap(
                moved,
                from: .rootKeyVersion(next),
                to: .transportKey(jobs.transport),
                kind
            )
            #expect(SHA256.hash(try jobs.received(got)) == made.digestSHA256)
        }
    }

    @Test func alteredMaterialIsRefusedAndTheSessionGoesOn() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let kind = MaterialKind.aes(byteCount: 32)
            let made = try jobs.session.generateKey(kind, under: jobs.root).wrapped
            var altered = made
            altered[20] ^= 1
            let wrong = [
                altered, [], Array(made.dropLast(8)), Array(made.dropLast()), made + [0], Array(made.reversed()),
            ]
            for blob in wrong {
                #expect(throws: HSMError(.wrappedKeyRejected)) { try jobs.get(blob, kind) }
                #expect(throws: HSMError(.wrappedKeyRejected)) { try jobs.register(blob, kind) }
            }
            #expect(throws: HSMError(.wrappedKeyRejected)) { try jobs.get(made, .aes(byteCount: 16)) }
            #expect(throws: HSMError(.lengthNotSupported)) { try jobs.get(made, .aes(byteCount: 20)) }
            #expect(throws: HSMError(.lengthNotSupported)) { try jobs.get(made, .secret(byteCount: 513)) }
            #expect(jobs.session.isAvailable)
            _ = try jobs.get(made, kind)
        }
    }

    @Test func des3FollowsThePolicyAndUnknownLengthsAreRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            #expect(throws: HSMError(.algorithmNotAllowed)) {
                _ = try jobs.session.generateKey(.des3, under: jobs.root)
            }
            #expect(throws: HSMError(.lengthNotSupported)) {
                _ = try jobs.session.generateKey(.aes(byteCount: 20), under: jobs.root)
            }
        }
    }

    @Test func jobsLeaveNoObjectsBehind() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let before = try jobs.sessionObjectCount()
            let kind = MaterialKind.aes(byteCount: 32)
            let made = try jobs.session.generateKey(kind, under: jobs.root)
            _ = try jobs.get(made.wrapped, kind)
            try jobs.session.unwrapCanary(jobs.canary, under: jobs.root)
            // The second key is missing: nothing is unwrapped for it.
            let unknown = try #require(TokenKeyIdentifier([UInt8](repeating: 7, count: 16)))
            #expect(throws: HSMError(.keyMissing)) {
                try jobs.session.rewrap(
                    made.wrapped,
                    from: .rootKeyVersion(jobs.root),
                    to: .rootKeyVersion(unknown),
                    kind
                )
            }
            // The second key goes after it was found: unwrapped, and then the wrapping fails.
            let next = TokenKey(.rootKeyVersion, try jobs.session.createRootKeyVersion(label: "v2").identifier)
            let handle = try jobs.session.handle(of: next)
            try jobs.session.performWriting { session throws(PKCS11Error) in try session.destroy(handle) }
            #expect(throws: HSMError(.operationFailed)) {
                try jobs.session.rewrap(
                    made.wrapped,
                    from: .rootKeyVersion(jobs.root),
                    to: .rootKeyVersion(next.identifier),
                    kind
                )
            }
            #expect(try jobs.sessionObjectCount() == before)
        }
    }

    @Test func aCanaryProvesItsVersion() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            try jobs.session.unwrapCanary(jobs.canary, under: jobs.root)
            let other = try jobs.session.createRootKeyVersion(label: "keyferry-root-test-v2").identifier
            #expect(throws: HSMError(.wrappedKeyRejected)) {
                try jobs.session.unwrapCanary(jobs.canary, under: other)
            }
            try jobs.session.destroyKey(TokenKey(.rootKeyVersion, jobs.root))
            #expect(throws: HSMError(.keyMissing)) { try jobs.session.unwrapCanary(jobs.canary, under: jobs.root) }
        }
    }

    /// Another login, as other workers have it, finds nothing either; what was wrapped is lost, and other keys are not.
    @Test func aVersionIsDestroyedAndNothingOfItIsLeft() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let kind = MaterialKind.aes(byteCount: 32)
            let lost = try jobs.session.generateKey(kind, under: jobs.root)
            let label = HSMSession.rootKeyVersionLabel(rootKey: "test", version: 1)
            // Made under the same label by a process that died before it published it.
            let orphan = try jobs.session.createRootKeyVersion(label: label).identifier
            let other = try jobs.session.createRootKeyVersion(
                label: HSMSession.rootKeyVersionLabel(rootKey: "test", version: 2)
            )

            #expect(try jobs.session.destroyRootKeyVersion(jobs.root, label: label) == 2)
            #expect(try jobs.session.destroyRootKeyVersion(jobs.root, label: label) == 0)

            #expect(throws: HSMError(.keyMissing)) { try jobs.get(lost.wrapped, kind) }
            #expect(throws: HSMError(.keyMissing)) { try jobs.session.unwrapCanary(jobs.canary, under: jobs.root) }
            try jobs.session.unwrapCanary(other.canary, under: other.identifier)
            jobs.session.close()
            let worker = try token.open()
            #expect(throws: HSMError(.keyMissing)) {
                try worker.check([TokenKey(.rootKeyVersion, jobs.root), TokenKey(.rootKeyVersion, orphan)])
            }
            try worker.unwrapCanary(other.canary, under: other.identifier)
        }
    }

    @Test func signaturesVerifyOutside() async throws {
        try await SoftHSMModule.withToken { token in
            let session = try token.open()
            let key = try session.createKey(.checkpointKey, label: "keyferry-checkpoint")
            let publicKey = try session.publicKey(of: TokenKey(.checkpointKey, key))
            let message = Array("checkpoint 17".utf8)
            let signature = try session.sign(message, with: key)
            #expect(publicKey.verify(signature: signature, of: message))
            #expect(!publicKey.verify(signature: signature, of: message + [0]))
        }
    }

    @Test func theRecordKeyIsTheSameInEveryLoginAndDependsOnItsContext() async throws {
        try await SoftHSMModule.withToken { token in
            let context = Array("keyferry records v1".utf8)
            let session = try token.open()
            let key = try session.createKey(.recordMACKey, label: "keyferry-records")
            let first = try session.deriveRecordKey(key, context: context)
            #expect(first.count == 32)
            session.close()
            let again = try token.open()
            #expect(try again.deriveRecordKey(key, context: context).isEqual(to: first))
            #expect(try !again.deriveRecordKey(key, context: context + [0]).isEqual(to: first))
        }
    }
}
