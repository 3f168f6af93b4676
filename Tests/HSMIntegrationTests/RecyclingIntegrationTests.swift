import Foundation
import HSM
import PKCS11
import TestServices
import Testing

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct RecyclingIntegrationTests {
    private static let kind = MaterialKind.aes(byteCount: 32)

    @Test func referencesStayValidWhenTheModuleIsRecycled() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token) { $0.recycleAfterObjects = 3 }
            let made = try jobs.session.generateKey(Self.kind, under: jobs.root)
            let expected = try jobs.received(try jobs.get(made.wrapped, Self.kind))
            for _ in 0..<20 {
                try jobs.session.maintain()
                #expect(try jobs.received(try jobs.get(made.wrapped, Self.kind)) == expected)
                try jobs.session.unwrapCanary(jobs.canary, under: jobs.root)
            }
        }
    }

    @Test func aSessionThatIsLostIsReplaced() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let made = try jobs.session.generateKey(Self.kind, under: jobs.root)
            // Another user of the same module ends it: what a device that goes away looks like.
            try Module(path: SoftHSMToken.modulePath).finalize()
            #expect(throws: HSMError(.sessionLost)) { try jobs.get(made.wrapped, Self.kind) }
            #expect(!jobs.session.isAvailable)
            #expect(throws: HSMError(.unavailable)) { try jobs.get(made.wrapped, Self.kind) }
            try jobs.session.maintain()
            #expect(jobs.session.isAvailable)
            _ = try jobs.get(made.wrapped, Self.kind)
        }
    }

    @Test func whileTheTokenIsAwayTheSessionIsUnavailableAndItReturns() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            try Module(path: SoftHSMToken.modulePath).finalize()
            #expect(throws: HSMError(.sessionLost)) { try jobs.session.random(count: 1) }
            let away = token.folder.file("away")
            try FileManager.default.moveItem(atPath: token.tokenDirectory, toPath: away)
            #expect(throws: HSMError(.tokenDirectoryUnusable)) { try jobs.session.maintain() }
            #expect(jobs.session.refusal == nil)
            // Not due yet: nothing is tried.
            try jobs.session.maintain()
            #expect(!jobs.session.isAvailable)
            try FileManager.default.moveItem(atPath: away, toPath: token.tokenDirectory)
            try jobs.session.maintain(now: .now + .seconds(1))
            try jobs.session.unwrapCanary(jobs.canary, under: jobs.root)
        }
    }

    /// The module does not notice that the token was away, and finds nothing in it from then on: a new session does.
    @Test func aTokenThatWasAwayUnderASessionIsUsedAgain() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            try jobs.session.unwrapCanary(jobs.canary, under: jobs.root)
            let away = token.folder.file("away")
            try FileManager.default.moveItem(atPath: token.tokenDirectory, toPath: away)
            #expect(throws: HSMError.self) { try jobs.session.unwrapCanary(jobs.canary, under: jobs.root) }
            try FileManager.default.moveItem(atPath: away, toPath: token.tokenDirectory)
            #expect(throws: HSMError(.sessionLost)) { try jobs.session.unwrapCanary(jobs.canary, under: jobs.root) }
            try jobs.session.maintain()
            try jobs.session.unwrapCanary(jobs.canary, under: jobs.root)
        }
    }

    /// A key that was destroyed is missing, once a new session has looked for it, and costs no further sessions.
    @Test func aKeyThatWasDestroyedElsewhereIsMissing() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            let version = try jobs.session.createRootKeyVersion(label: "another")
            try jobs.session.unwrapCanary(version.canary, under: version.identifier)
            let key = TokenKey(.rootKeyVersion, version.identifier)
            try jobs.session.destroyKey(key)
            #expect(throws: HSMError(.keyMissing)) { try jobs.session.check([key]) }
            #expect(jobs.session.isAvailable)
            try jobs.session.unwrapCanary(jobs.canary, under: jobs.root)
        }
    }

    @Test func closesAndOpensAgain() async throws {
        try await SoftHSMModule.withToken { token in
            let jobs = try JobFixture(token)
            jobs.session.close()
            #expect(!jobs.session.isAvailable)
            try jobs.session.maintain()
            try jobs.session.unwrapCanary(jobs.canary, under: jobs.root)
        }
    }
}
