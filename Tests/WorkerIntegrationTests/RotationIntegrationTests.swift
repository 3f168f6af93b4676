import AuthorityKeeping
import HSM
import JobSealing
import KeyModel
import KeyStorage
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// Keys on their way to another version of their root key: real keys in a real token.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct RotationIntegrationTests {
    /// Creates so many keys, and remembers their bytes.
    private func makeKeys(_ site: TestSite, _ count: Int) throws -> [UniqueIdentifier: [UInt8]] {
        var keys: [UniqueIdentifier: [UInt8]] = [:]
        for start in stride(from: 0, to: count, by: 50) {
            let operations = (start..<min(start + 50, count)).map {
                KeyModel.Operation.makeCreate([.custom("x-Number", "\($0)"), .name("vm-\($0)")])
            }
            for outcome in try site.outcomes(operations) {
                guard case .created(_, let identifier) = try outcome.get() else { throw FixtureError("not created") }
                keys[identifier] = []
            }
        }
        return try read(site, keys)
    }

    private func read(_ site: TestSite, _ keys: [UniqueIdentifier: [UInt8]]) throws -> [UniqueIdentifier: [UInt8]] {
        var found: [UniqueIdentifier: [UInt8]] = [:]
        let identifiers = Array(keys.keys)
        for start in stride(from: 0, to: identifiers.count, by: 50) {
            let part = identifiers[start..<min(start + 50, identifiers.count)]
            for (identifier, outcome) in zip(part, try site.outcomes(part.map { .makeGet($0) })) {
                guard case .got(let key) = try outcome.get() else { throw FixtureError("not read") }
                found[identifier] = try site.gateway.unwrap(key)
            }
        }
        return found
    }

    private func destroyVersion(_ number: Int, _ site: TestSite) throws {
        let authority = site.worker.processor.keeper.authority
        let version = try #require(authority.rootKeyVersions.first { $0.version == number })
        let identifier = try #require(TokenKeyIdentifier(version.tokenKeyID))
        try site.hsm.destroyKey(TokenKey(.rootKeyVersion, identifier))
    }

    @Test func threeHundredKeysAreMovedInStepsAndStayTheSame() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try makeKeys(site, 300)
            let one = try #require(keys.keys.first)
            let changed = try site.attribute(.lastChangeDate, of: one)
            site.clock.advance(byMilliseconds: 5_000)
            let operation = try site.rotate()
            #expect(operation.total == 300 && operation.done == 0 && operation.state == .running)
            #expect(operation.targetVersion == 2 && operation.subject == AuthorityPlan.rootKey.text)
            #expect(try site.rootKey(.show("test")).rotation == operation.identifier)
            #expect(try site.sendOwners(.rotate("test"))?.failureCode == .rotationRunning)

            #expect(!site.worker.processor.rewrapStep().isAway)
            let progress = try site.operation(operation.identifier)
            #expect((1...RewrapPace.mostKeys).contains(progress.done) && progress.state == .running)
            // All is served in between, from where it is.
            #expect(try read(site, keys) == keys)
            let new = try site.create()
            _ = try site.outcome(.makeActivate(new)).get()
            try site.runRotation()

            let end = try site.operation(operation.identifier)
            #expect(end.state == .done && end.done == 300 && end.total == 300 && end.failed == 0)
            #expect(end.report == [1: 0, 2: 301] && end.finished != nil)
            let rootKey = try site.rootKey(.show("test"))
            #expect(rootKey.versions.map(\.status) == [.retired, .current] && rootKey.rotation == nil)
            #expect(rootKey.versions.map(\.objectCounts) == [[:], ["kmip-one": 301]])
            #expect(rootKey.versions[0].keptUntil != nil)
            // Nothing is under the version before any more.
            try destroyVersion(1, site)
            #expect(try read(site, keys) == keys)
            #expect(try site.attribute(.lastChangeDate, of: one) == changed)
            #expect(try site.locate([.name("vm-7")]).count == 1)
            let events = try site.worker.auditEvents()
            let rotation = events.filter { [.rootKeyRotate, .rootKeyRotationEnd, .rootKeyRewrap].contains($0.action) }
            #expect(rotation.map(\.action) == [.rootKeyRotate, .rootKeyRotationEnd])
            #expect(rotation.allSatisfy { $0.object?.text == AuthorityPlan.rootKey.text && $0.failure == nil })
        }
    }

    /// A client's change and a step meet: the change counts, and the key is moved as it is then.
    @Test func whatAClientChangesInBetweenIsKept() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = Array(try makeKeys(site, 3).keys)
            let operation = try site.rotate()
            let jobs = try [
                site.seal([.makeActivate(keys[0])]), site.seal([.makeDestroy(keys[1])]),
                site.seal([
                    .addAttribute(AddAttributeOperation(identifier: keys[2], attribute: .custom("x-a", "late")))
                ]),
            ]
            nonisolated(unsafe) var replies: [JobReply?] = []
            nonisolated(unsafe) let faster = try site.anotherWorker()
            // Once to take the keys, once when they are wrapped and not yet written.
            site.clock.atReading(2) { replies = jobs.map { try? faster.deliver($0) } }
            #expect(!site.worker.processor.rewrapStep().isAway)
            #expect(replies.count == 3 && replies.allSatisfy { $0 != nil && $0?.failureCode == nil })
            #expect(try site.operation(operation.identifier).done == 0)
            try site.runRotation()
            let end = try site.operation(operation.identifier)
            #expect(end.state == .done && end.done == 2 && end.total == 2 && end.report == [1: 0, 2: 2])
            #expect(try site.attribute(.state, of: keys[0]) == [.enumeration(ObjectState.active.rawValue)])
            #expect(try site.attribute(AttributeName("x-a"), of: keys[2]) == [.text("late")])
            #expect(try site.outcome(.makeGet(keys[1])).failureCode == .objectDestroyed)
            try destroyVersion(1, site)
            #expect(try site.get(keys[0]).count == 32 && site.get(keys[2]).count == 32)
        }
    }

    /// A worker dies with keys that it has taken upon itself: others do them, once it has been silent for a while.
    @Test func anotherWorkerGoesOn() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try makeKeys(site, 300)
            let operation = try site.rotate()
            #expect(!site.worker.processor.rewrapStep().isAway)
            let done = try site.operation(operation.identifier).done
            // From here on the first worker does nothing more.
            let other = try site.anotherWorker()
            try site.runRotation(by: other)
            let waiting = try site.operation(operation.identifier)
            #expect(waiting.state == .running && waiting.done == done + 44)
            site.clock.advance(byMilliseconds: 9_000)
            #expect(other.processor.rewrapStep().isAway)
            site.clock.advance(byMilliseconds: 1_000)
            try site.runRotation(by: other)
            let end = try site.operation(operation.identifier)
            #expect(end.state == .done && end.done == 300 && end.report == [1: 0, 2: 300])
            // It comes back, and finds that others were faster.
            try site.runRotation()
            #expect(try site.operation(operation.identifier) == end)
            #expect(try read(site, keys) == keys)
        }
    }

    @Test func twoWorkersShareTheKeys() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try makeKeys(site, 600)
            let operation = try site.rotate()
            let other = try site.anotherWorker()
            let workers = [site.worker, other]
            _ = workers.map { $0.processor.rewrapStep() }
            #expect(workers.allSatisfy { $0.processor.rewrapping != nil })
            var rounds = 0
            while workers.map({ $0.processor.rewrapStep().isAway }).contains(false) { rounds += 1 }
            let end = try site.operation(operation.identifier)
            // Each key was moved once: nothing was done twice.
            #expect(end.state == .done && end.done == 600 && end.report == [1: 0, 2: 600])
            let revisions = try site.rows("SELECT revision, COUNT(*) FROM managed_objects GROUP BY revision")
            #expect(revisions == [[.integer(1), .integer(600)]])
            #expect(rounds > 4)
            #expect(try read(site, keys) == keys)
        }
    }

    @Test func aSuspendedRootKeyStandsStill() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try makeKeys(site, 100)
            let operation = try site.rotate()
            #expect(!site.worker.processor.rewrapStep().isAway)
            _ = try site.rootKey(.suspend("test"))
            let done = try site.operation(operation.identifier).done
            try site.runRotation()
            #expect(try site.operation(operation.identifier).done == done)
            _ = try site.rootKey(.resume("test"))
            try site.runRotation()
            site.clock.advance(byMilliseconds: 10_000)
            try site.runRotation()
            let end = try site.operation(operation.identifier)
            #expect(end.state == .done && end.done == 100)
            #expect(try read(site, keys) == keys)
        }
    }

    /// The authority changes between the wrapping and the commit: nothing is written by the one before.
    @Test func aPausedWorkerMovesNothingOfASuspendedRootKey() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            _ = try makeKeys(site, 3)
            let operation = try site.rotate()
            let suspend = try site.sealOperators(.rootKey(.suspend("test")), by: site.keyOwner)
            nonisolated(unsafe) let faster = try site.anotherWorker()
            site.clock.atReading(2) { _ = try? faster.deliver(suspend) }
            #expect(!site.worker.processor.rewrapStep().isAway)
            try site.runRotation()
            #expect(try site.operation(operation.identifier).done == 0)
            #expect(try site.rows("SELECT DISTINCT root_key_version FROM managed_objects") == [[.integer(1)]])
        }
    }

    /// Damaged keys are counted and named, and hinder no other.
    @Test func whatIsDamagedIsLeftAndSaid() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try makeKeys(site, 20)
            let damaged = try #require(keys.keys.first)
            try site.tamper(
                "UPDATE managed_objects SET wrapped_material = ? WHERE unique_identifier = ?",
                [.blob([UInt8](repeating: 0, count: 40)), .text(damaged.text)]
            )
            let operation = try site.rotate()
            try site.runRotation()
            for _ in 0..<3 {
                site.clock.advance(byMilliseconds: 10_000)
                try site.runRotation()
            }
            let end = try site.operation(operation.identifier)
            #expect(end.state == .failed && end.done == 19 && end.failed == 1 && end.total == 20)
            #expect(end.report == [1: 1, 2: 19])
            #expect(try site.rootKey(.show("test")).versions[0].objectCounts == ["kmip-one": 1])
            let events = try site.worker.auditEvents()
            let named = events.filter { $0.action == .rootKeyRewrap }
            #expect(!named.isEmpty && named.allSatisfy { $0.object == damaged && $0.failure == .recordCorrupted })
            #expect(events.last { $0.action == .rootKeyRotationEnd }?.failure == .recordCorrupted)
            // The next rotation tries it again.
            #expect(try site.rotate().total == 20)
        }
    }

    @Test func withoutKeysARotationIsDoneAtOnce() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            for version in 2...4 {
                let operation = try site.rotate()
                try site.runRotation()
                let end = try site.operation(operation.identifier)
                #expect(end.state == .done && end.done == 0 && end.total == 0 && end.targetVersion == version)
            }
            let rootKey = try site.rootKey(.show("test"))
            #expect(rootKey.versions.map(\.status) == [.retired, .retired, .retired, .current])
            guard case .operator(.operation(.list(let all)))? = try site.sendOperators(.operation(.list)) else {
                Issue.record("no list")
                return
            }
            #expect(all.count == 3 && all.allSatisfy { $0.state == .done })
            #expect(try site.worker.processor.examine(workerName: "w").health == .healthy)
            #expect(
                try site.sendOperators(.operation(.show(OperationIdentifier("none"))))?.failureCode == .itemNotFound
            )
        }
    }
}
