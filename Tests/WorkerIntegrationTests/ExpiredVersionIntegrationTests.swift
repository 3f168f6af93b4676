import AuthorityKeeping
import Foundation
import HSM
import JobSealing
import KeyModel
import KeyStorage
import PKCS11
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// Retired root key versions whose time is over, in a real token.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct ExpiredVersionIntegrationTests {
    private func statuses(_ site: TestSite) throws -> [RootKeyVersion.Status] {
        try site.rootKey(.show("test")).versions.map(\.status)
    }

    private func key(_ site: TestSite, version: Int) throws -> TokenKey {
        let found = site.authority.rootKeyVersions.first {
            $0.rootKey == AuthorityPlan.rootKey && $0.version == version
        }
        return TokenKey(.rootKeyVersion, try .required(try #require(found).tokenKeyID))
    }

    private func ends(_ workers: TestWorker...) throws -> [AuditEvent.Action] {
        try workers.flatMap { try $0.auditEvents() }.map(\.action).filter {
            $0 == .rootKeyVersionDestroy || $0 == .rootKeyVersionDestroyed
        }
    }

    @Test func whatNothingNeedsIsDestroyedWhenItsTimeIsOver() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let processor = site.worker.processor
            let object = try site.create()
            let bytes = try site.get(object)
            _ = try site.rotate()
            try site.runRotation()
            processor.destroyExpiredVersions()
            #expect(try statuses(site) == [.retired, .current])

            processor.rootKeyRetentionDays = 0
            let first = try key(site, version: 1)
            processor.destroyExpiredVersions()
            #expect(try statuses(site) == [.destroying, .current])
            try site.hsm.check([first])
            #expect(try processor.examine(workerName: "w").health == .healthy)
            processor.destroyExpiredVersions()
            #expect(try statuses(site) == [.destroyed, .current])
            #expect(throws: HSMError(.keyMissing)) { try site.hsm.check([first]) }
            #expect(try processor.examine(workerName: "w").health == .healthy)
            #expect(try site.get(object) == bytes)
            processor.destroyExpiredVersions()
            #expect(try ends(site.worker) == [.rootKeyVersionDestroy, .rootKeyVersionDestroyed])
            let events = try site.worker.auditEvents().filter { $0.action == .rootKeyVersionDestroyed }
            #expect(events.map(\.object?.text) == ["\(AuthorityPlan.rootKey.text)/1"])
            #expect(events.map(\.initiator) == ["keyferry-worker"])
            // The next version has the next number.
            #expect(try site.rotate().targetVersion == 3)
        }
    }

    @Test func whatKeysAreUnderStaysUntilTheyAreMoved() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let processor = site.worker.processor
            let object = try site.create()
            processor.rootKeyRetentionDays = 0
            _ = try site.rotate()
            for _ in 1...3 { processor.destroyExpiredVersions() }
            #expect(try statuses(site) == [.retired, .current])
            #expect(try site.rootKey(.show("test")).versions[0].objectCounts == ["kmip-one": 1])
            #expect(site.log.text.components(separatedBy: "stays beyond its time").count == 2)
            #expect(try site.get(object).count == 32)
            try site.runRotation()
            for _ in 1...2 { processor.destroyExpiredVersions() }
            #expect(try statuses(site) == [.destroyed, .current])
            #expect(try site.get(object).count == 32)
        }
    }

    /// One worker dies after each of the steps, and another goes on.
    @Test func anotherWorkerGoesOn() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            _ = try site.rotate()
            try site.runRotation()
            site.worker.processor.rootKeyRetentionDays = 0
            let other = try site.anotherWorker()
            other.processor.rootKeyRetentionDays = 0
            site.worker.processor.destroyExpiredVersions()
            // It has not heard of it: the store tells it.
            other.processor.destroyExpiredVersions()
            #expect(try ends(site.worker, other) == [.rootKeyVersionDestroy])
            try other.processor.keeper.refresh()
            // The one before has destroyed the key, and died before it could say so.
            try site.hsm.destroyKey(try key(site, version: 1))
            #expect(try other.processor.examine(workerName: "o").health == .healthy)
            other.processor.destroyExpiredVersions()
            try site.worker.processor.keeper.refresh()
            #expect(try statuses(site) == [.destroyed, .current])
            #expect(try ends(site.worker, other) == [.rootKeyVersionDestroy, .rootKeyVersionDestroyed])
        }
    }

    @Test func whileTheTokenIsLostTheRecordStaysAsItIs() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let processor = site.worker.processor
            processor.rootKeyRetentionDays = 0
            _ = try site.rotate()
            try site.runRotation()
            processor.destroyExpiredVersions()
            // Another user of the same module ends it: what a device that goes away looks like.
            try Module(path: SoftHSMToken.modulePath).finalize()
            for _ in 1...3 { processor.destroyExpiredVersions() }
            let versions = processor.keeper.authority.rootKeyVersions.map(\.status)
            #expect(versions == [.destroying, .current])
            #expect(site.log.text.components(separatedBy: "can't be destroyed at the moment").count == 2)
            try processor.maintainHSM()
            processor.destroyExpiredVersions()
            #expect(try statuses(site) == [.destroyed, .current])
            #expect(try ends(site.worker) == [.rootKeyVersionDestroy, .rootKeyVersionDestroyed])
        }
    }

    @Test func nothingHappensToASuspendedRootKey() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            site.worker.processor.rootKeyRetentionDays = 0
            _ = try site.rotate()
            try site.runRotation()
            _ = try site.rootKey(.suspend("test"))
            for _ in 1...2 { site.worker.processor.destroyExpiredVersions() }
            #expect(try statuses(site) == [.retired, .current])
            _ = try site.rootKey(.resume("test"))
            for _ in 1...2 { site.worker.processor.destroyExpiredVersions() }
            #expect(try statuses(site) == [.destroyed, .current])
        }
    }
}
