import AuthorityKeeping
import KeyModel
import KeyStorage
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// Many keys that an operator has ordered to be revoked.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct KeyRevocationIntegrationTests {
    private static let reason = RevocationReason(code: .cessationOfOperation, message: "reclaimed")

    private func request(
        _ keys: [UniqueIdentifier],
        of instance: String = "kmip-one",
        notRetrievedSince moment: Timestamp? = nil
    ) -> OperatorJob.Request {
        .key(.revokeAll(instance: instance, keys: keys, Self.reason, notRetrievedSince: moment))
    }

    private func order(
        _ keys: [UniqueIdentifier],
        notRetrievedSince moment: Timestamp? = nil,
        _ site: TestSite
    ) throws -> BackgroundOperation {
        let reply = try site.sendOperators(request(keys, notRetrievedSince: moment))
        guard case .operator(.key(.revocation(let operation)))? = reply else {
            throw FixtureError("not ordered: \(String(describing: reply))")
        }
        return operation
    }

    private func operation(_ identifier: OperationIdentifier, _ site: TestSite) throws -> BackgroundOperation {
        let reply = try site.sendOperators(.operation(.show(identifier)))
        guard case .operator(.operation(.operation(let operation)))? = reply else { throw FixtureError("not shown") }
        return operation
    }

    private func state(_ key: UniqueIdentifier, _ site: TestSite) throws -> ObjectState? {
        let reply = try site.sendOperators(.key(.show(instance: "kmip-one", key: key)))
        guard case .operator(.key(.key(.key(let shown))))? = reply else { return nil }
        return shown.state
    }

    private func activeKeys(_ count: Int, _ site: TestSite) throws -> [UniqueIdentifier] {
        try (0..<count).map { _ in
            let key = try site.create()
            _ = try site.outcome(.makeActivate(key)).get()
            return key
        }
    }

    @Test func activeKeysAreRevokedAndTheOthersLetAlone() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try activeKeys(4, site)
            let preActive = try site.create()
            let now = Timestamp(secondsSince1970: site.clock.now / 1_000)
            // In use: it is given out after the moment that the order names.
            site.clock.advance(byMilliseconds: 5_000)
            _ = try site.outcome(.makeGet(keys[3])).get()
            let unknown = UniqueIdentifier("no-such-key")
            let ordered = try order(
                keys + [preActive, unknown, keys[0]],
                notRetrievedSince: now.advanced(bySeconds: 1),
                site
            )
            #expect(ordered.kind == .keyRevocation && ordered.state == .running && ordered.subjectName == "kmip-one")
            #expect(ordered.total == 6)
            // Nothing is done yet, and the order is on the record.
            #expect(try keys.map { try state($0, site) } == [.active, .active, .active, .active])

            site.worker.processor.continueRevocations()
            let ended = try operation(ordered.identifier, site)
            #expect(ended.state == .failed && ended.done == 3 && ended.failed == 3 && ended.total == 6)
            #expect(try keys.map { try state($0, site) } == [.deactivated, .deactivated, .deactivated, .active])
            #expect(try state(preActive, site) == .preActive)
            #expect(try site.count("key_revocation_keys") == 0)

            let events = try site.worker.auditEvents()
            let revoked = events.filter { $0.action == .keyRevoke }
            #expect(Set(revoked.compactMap(\.object)) == Set(keys.prefix(3)) && revoked.count == 3)
            #expect(revoked.allSatisfy { $0.initiator == "Operator-\(site.manager)" && $0.failure == nil })
            let frame = events.filter { [.keyRevokeOrder, .keyRevokeEnd].contains($0.action) }
            #expect(frame.map(\.action) == [.keyRevokeOrder, .keyRevokeEnd])
            #expect(frame.allSatisfy { $0.object?.text == ordered.identifier.text })
            #expect(Set((revoked + frame).map(\.requestID)).count == 1)

            // Over is over.
            site.worker.processor.continueRevocations()
            #expect(try operation(ordered.identifier, site) == ended)
        }
    }

    @Test func twoWorkersShareItAndAnotherGoesOn() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try activeKeys(230, site)
            let ordered = try order(keys, site)
            let other = try site.anotherWorker()
            // One step is taken by a worker that does no more of it.
            try site.worker.processor.store.write { transaction in
                var stored = try #require(try transaction.operation(ordered.identifier))
                let first = try #require(try transaction.keysToRevoke(of: ordered.identifier, limit: 1).first)
                let key = ObjectKey(instance: try #require(site.instance("kmip-one")).identifier, identifier: first)
                var object = try #require(try transaction.objects([key])[key]).get()
                let revision = object.revision
                try object.revoke(Self.reason, occurrence: nil, at: AuthorityPlan.start)
                try transaction.update(object, previousRevision: revision)
                try transaction.deleteKeyToRevoke(first, of: ordered.identifier)
                stored.operation.done += 1
                try transaction.update(stored)
            }
            for _ in 0..<10 {
                other.processor.continueRevocations()
                site.worker.processor.continueRevocations()
            }
            let ended = try operation(ordered.identifier, site)
            #expect(ended.state == .done && ended.done == 230 && ended.failed == 0)
            for key in keys { #expect(try state(key, site) == .deactivated) }
            let events = try site.worker.auditEvents() + other.auditEvents()
            #expect(Set(events.filter { $0.action == .keyRevoke }.compactMap(\.object)).count == 229)
            #expect(!site.log.text.contains("can't go on"))
        }
    }

    /// Whoever can write the database can't have a key revoked that nobody has ordered.
    @Test func aKeyThatIsPutIntoAnOrderIsNotRevoked() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try activeKeys(2, site)
            let ordered = try order([keys[0]], site)
            try site.tamper("UPDATE key_revocation_keys SET unique_identifier = '\(keys[1].text)'")
            site.worker.processor.continueRevocations()
            #expect(try keys.map { try state($0, site) } == [.active, .active])
            #expect(try operation(ordered.identifier, site).state == .running)
            #expect(site.log.text.contains("the revocation of keys can't go on"))
        }
    }

    @Test func aRecordThatIsDamagedIsNamed() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try activeKeys(2, site)
            let ordered = try order(keys, site)
            try site.tamper("UPDATE managed_objects SET state = 1 WHERE unique_identifier = '\(keys[0].text)'")
            site.worker.processor.continueRevocations()
            let ended = try operation(ordered.identifier, site)
            #expect(ended.state == .failed && ended.done == 1 && ended.failed == 1)
            let events = try site.worker.auditEvents().filter { $0.action == .keyRevoke && $0.failure != nil }
            #expect(events.map(\.object) == [keys[0]] && events.map(\.failure) == [.recordCorrupted])
        }
    }

    @Test func whatIsNoOrderIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = UniqueIdentifier("k")
            let many = (0...RevocationOrder.mostKeys).map { UniqueIdentifier("k-\($0)") }
            let silly = RevocationReason(code: RevocationReason.Code(rawValue: 99), message: nil)
            let cases: [(OperatorJob.Request, OperationFailure.Code)] = [
                (request([]), .invalidField), (request(many), .invalidField),
                (request([UniqueIdentifier("a\u{0}")]), .invalidField),
                (request([UniqueIdentifier("")]), .invalidField),
                (request([key], of: "kmip-none"), .itemNotFound),
                (
                    .key(.revokeAll(instance: "kmip-one", keys: [key], silly, notRetrievedSince: nil)),
                    .invalidField
                ),
            ]
            for (number, (request, code)) in cases.enumerated() {
                #expect(try site.sendOperators(request)?.failureCode == code, "\(number)")
            }
            let viewer = try site.sendOperators(request([key]), by: site.viewer)
            #expect(viewer?.failureCode == .operatorNotAuthorized)
            let stale = try site.sendOperators(request([key]), expecting: RecordTag(fields: ["another"]))
            #expect(stale?.failureCode == .preconditionFailed)
            #expect(try site.count("operations") == 0)
        }
    }
}
