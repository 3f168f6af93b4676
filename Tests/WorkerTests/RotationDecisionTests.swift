import KeyModel
import KeyStorage
import Testing

@testable import Worker

/// What is done about a rotation. Pure.
@Suite struct RotationDecisionTests {
    private static let now = Timestamp(secondsSince1970: 1_800_000_000)
    private let partition: PartitionName
    private let rootKey: RootKey

    init() throws {
        partition = try #require(PartitionName("p1"))
        rootKey = RootKey(
            identifier: RootKeyIdentifier("r"),
            name: "first",
            partition: partition,
            status: .active,
            created: Self.now
        )
    }

    private static func made(_ byte: UInt8) -> MadeRootKeyVersion {
        MadeRootKeyVersion(tokenKeyID: [UInt8](repeating: byte, count: 16), canary: [byte])
    }

    private func authority() -> Authority {
        Authority(generation: 1).adding(rootKey, version: Self.made(1))
    }

    private func operation(to version: Int) -> BackgroundOperation {
        BackgroundOperation(
            identifier: OperationIdentifier("o"),
            kind: .rootKeyRotation,
            partition: partition,
            rootKey: rootKey,
            targetVersion: version,
            total: 10,
            started: Self.now
        )
    }

    @Test func aRotationRetiresTheVersionBefore() throws {
        #expect(authority().nextVersion(of: rootKey) == 2)
        let next = authority().rotating(rootKey, to: Self.made(2), at: Self.now.advanced(bySeconds: 60))
        #expect(next.rootKeyVersions.map(\.status) == [.retired, .current])
        #expect(next.currentVersion(of: rootKey.identifier)?.version == 2)
        let third = next.rotating(rootKey, to: Self.made(3), at: Self.now.advanced(bySeconds: 90))
        #expect(third.rootKeyVersions.map(\.status) == [.retired, .retired, .current])
        let description = third.describe(
            rootKey,
            counts: [1: [InstanceIdentifier("i-gone"): 4]],
            rotation: nil,
            retentionDays: 2
        )
        #expect(description.versions.map(\.version) == [1, 2, 3])
        #expect(description.versions[0].objectCounts == ["i-gone": 4])
        // Counted from when it was retired, not from when it was made.
        #expect(description.versions[0].keptUntil == Self.now.advanced(bySeconds: 60 + 2 * 86_400))
        #expect(description.versions[1].keptUntil == Self.now.advanced(bySeconds: 90 + 2 * 86_400))
        #expect(description.versions[2].keptUntil == nil)
    }

    @Test func aRetiredVersionsTimeIsCountedFromTheNextOne() throws {
        let second = authority().rotating(rootKey, to: Self.made(2), at: Self.now)
        let both = second.rotating(rootKey, to: Self.made(3), at: Self.now.advanced(bySeconds: 86_400))
        func expired(_ authority: Authority, afterDays days: Int64, seconds: Int64 = 0) -> [Int] {
            let now = Self.now.advanced(bySeconds: days * 86_400 + seconds)
            return authority.expiredVersions(in: partition, retentionDays: 90, at: now).map(\.version)
        }
        #expect(expired(both, afterDays: 90, seconds: -1) == [])
        #expect(expired(both, afterDays: 90) == [1])
        #expect(expired(both, afterDays: 91) == [1, 2])
        #expect(expired(both, afterDays: 4_000) == [1, 2])
        for status in [RootKey.Status.suspended, .deleting] {
            var other = both
            other.rootKeys = [rootKey.with(status)]
            #expect(expired(other, afterDays: 91) == [])
        }
        let elsewhere = try #require(PartitionName("p2"))
        let late = Self.now.advanced(bySeconds: 91 * 86_400)
        #expect(both.expiredVersions(in: elsewhere, retentionDays: 90, at: late) == [])

        let destroying = both.setting(both.rootKeyVersions[0], to: .destroying)
        #expect(destroying.rootKeyVersions.map(\.status) == [.destroying, .retired, .current])
        #expect(destroying.rootKeyVersions.map(\.isLive) == [false, true, true])
        #expect(destroying.versions(.destroying, in: partition).map(\.version) == [1])
        #expect(expired(destroying, afterDays: 91) == [2])
        #expect(destroying.nextVersion(of: rootKey) == 4)
        #expect(destroying.keptUntil(destroying.rootKeyVersions[0], retentionDays: 90) == nil)
    }

    @Test func namesAndIdentifiersFindARootKey() throws {
        let authority = authority()
        #expect(try authority.requireRootKey("r", in: partition) == rootKey)
        #expect(try authority.requireRootKey("first", in: partition) == rootKey)
        let elsewhere = try #require(PartitionName("p2"))
        #expect(throws: OperationFailure(.itemNotFound)) { try authority.requireRootKey("r", in: elsewhere) }
        #expect(throws: OperationFailure(.itemNotFound)) { try authority.requireRootKey("none", in: partition) }
        #expect(throws: OperationFailure(.alreadyExists)) { try authority.requireRootKeyName("first") }
        #expect(throws: OperationFailure(.alreadyExists)) { try authority.requireRootKeyName("r") }
        for name in ["", "a b", "../x", String(repeating: "n", count: 65)] {
            #expect(throws: OperationFailure(.invalidField)) { try authority.requireRootKeyName(name) }
        }
        try authority.requireRootKeyName("second")
    }

    @Test func whatIsToBeDeletedIsNeitherSuspendedNorResumed() throws {
        let suspended = try authority().setting(rootKey, to: .suspended)
        #expect(suspended.rootKeys.map(\.status) == [.suspended])
        #expect(try suspended.setting(suspended.rootKeys[0], to: .active) == authority())
        let deleting = rootKey.with(.deleting)
        for status in [RootKey.Status.active, .suspended] {
            #expect(throws: OperationFailure(.rootKeyNotActive)) { try authority().setting(deleting, to: status) }
        }
        #expect(throws: OperationFailure(.rootKeyNotActive)) { try authority().requireActive(rootKey.with(.suspended)) }
    }

    @Test func keysAreMovedToTheCurrentVersionOnly() throws {
        let next = authority().rotating(rootKey, to: Self.made(2), at: Self.now)
        let current = try #require(next.currentVersion(of: rootKey.identifier))
        #expect(RotationDecision(operation(to: 2), next) == .move(current))
        #expect(RotationDecision(operation(to: 1), next) == .stop)
        #expect(RotationDecision(operation(to: 3), next) == .stop)
        #expect(RotationDecision(operation(to: 2), try next.setting(rootKey, to: .suspended)) == .wait)
        var gone = next
        gone.rootKeys = []
        #expect(RotationDecision(operation(to: 2), gone) == .stop)
        var deleting = next
        deleting.rootKeys = [rootKey.with(.deleting)]
        #expect(RotationDecision(operation(to: 2), deleting) == .stop)
    }

    @Test(
        "Passes",
        arguments: [
            (found: 3, left: 3, moved: 0, refused: 0, secondsAgo: 0, PassDecision.take),
            (found: 0, left: 0, moved: 9, refused: 0, secondsAgo: 0, .finish(.done)),
            (found: 0, left: 0, moved: 0, refused: 0, secondsAgo: 0, .finish(.done)),
            (found: 0, left: 4, moved: 9, refused: 0, secondsAgo: 9, .wait),
            (found: 0, left: 4, moved: 9, refused: 0, secondsAgo: 10, .beginAgain),
            // Nothing was moved for a worker died with all there was: the keys were not tried.
            (found: 0, left: 4, moved: 0, refused: 0, secondsAgo: 10, .beginAgain),
            (found: 0, left: 4, moved: 0, refused: 3, secondsAgo: 10, .beginAgain),
            (found: 0, left: 4, moved: 0, refused: 4, secondsAgo: 9, .wait),
            (found: 0, left: 4, moved: 0, refused: 4, secondsAgo: 10, .finish(.failed)),
        ]
    )
    func passes(found: Int, left: Int, moved: Int, refused: Int, secondsAgo: Int, expected: PassDecision) {
        var pass = StoredOperation.Pass(beginning: Self.now)
        pass.moved = moved
        pass.refused = refused
        let decision = PassDecision(pass, found: found, left: left, at: Self.now.advanced(bySeconds: Int64(secondsAgo)))
        #expect(decision == expected)
    }

    @Test func othersHaveNineTenthsOfABusyWorker() {
        let step = Duration.milliseconds(4)
        #expect(RewrapPace.pause(after: step, isAway: false, jobs: 0) == .zero)
        #expect(RewrapPace.pause(after: step, isAway: false, jobs: 1) == .milliseconds(36))
        #expect(RewrapPace.pause(after: step, isAway: true, jobs: 1) == .seconds(1))
    }
}
