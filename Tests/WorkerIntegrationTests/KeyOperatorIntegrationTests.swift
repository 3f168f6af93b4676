import AuthorityKeeping
import HSM
import KeyModel
import KeyStorage
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// What operators do with keys, on a token and a store.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct KeyOperatorIntegrationTests {
    private let instance = "kmip-one"

    private func answer(
        _ request: KeyRequest,
        _ site: TestSite,
        by requester: CertificateFingerprint? = nil
    ) throws -> Result<KeyAnswer, OperationFailure> {
        switch try site.sendOperators(.key(request), by: requester) {
        case .operator(.key(let answer))?: .success(answer)
        case .failure(let failure)?: .failure(failure)
        case let other: throw FixtureError("answered with \(other.map { "\($0)" } ?? "nothing")")
        }
    }

    private func changed(_ request: KeyRequest, _ site: TestSite) throws -> KeyDescription {
        guard case .changed(let key) = try answer(request, site).get() else { throw FixtureError("not changed") }
        return key
    }

    private func code(_ request: KeyRequest, _ site: TestSite) throws -> OperationFailure.Code? {
        if case .failure(let failure) = try answer(request, site) { failure.code } else { nil }
    }

    private func listed(_ site: TestSite, _ change: (inout KeySearch) -> Void = { _ in }) throws -> KeyList {
        var search = KeySearch()
        change(&search)
        guard case .list(let list) = try answer(.list(instance: instance, search), site).get() else {
            throw FixtureError("no list")
        }
        return list
    }

    private func activeKey(_ site: TestSite, _ attributes: [Attribute] = []) throws -> UniqueIdentifier {
        let key = try site.create(attributes)
        _ = try site.outcome(.makeActivate(key)).get()
        return key
    }

    private var obsolete: RevocationReason { RevocationReason(code: .superseded, message: "rekeyed") }

    @Test func aKeyIsFoundRevokedRestoredAndDestroyed() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try activeKey(site, [.custom("x-Name", "vm-1")])
            _ = try site.create([.custom("x-Name", "vm-2")])
            let bytes = try site.get(key)
            let found = try listed(site) { $0.attributes = [.custom("x-Name", "vm-1")] }
            guard case .key(let before)? = found.keys.first, found.keys.count == 1 else {
                Issue.record("\(found)")
                return
            }
            #expect(before.identifier == key && before.state == .active && before.dates.lastRetrieved != nil)
            #expect(before.wrapping?.version == 1)

            #expect(try code(.destroy(instance: instance, key: key), site) == .wrongLifecycleState)
            #expect(try code(.restore(instance: instance, key: key), site) == .wrongLifecycleState)
            let revoked = try changed(.revoke(instance: instance, key: key, obsolete), site)
            #expect(revoked.state == .deactivated && revoked.revocationReason == obsolete)
            #expect(revoked.revision == before.revision + 1)
            #expect(try site.attribute(.state, of: key) == [.enumeration(ObjectState.deactivated.rawValue)])
            #expect(try code(.revoke(instance: instance, key: key, obsolete), site) == .wrongLifecycleState)

            let restored = try changed(.restore(instance: instance, key: key), site)
            #expect(restored.state == .active && restored.revocationReason == nil)
            #expect(try site.attribute(.state, of: key) == [.enumeration(ObjectState.active.rawValue)])
            #expect(try site.get(key) == bytes)

            _ = try changed(.revoke(instance: instance, key: key, obsolete), site)
            let destroyed = try changed(.destroy(instance: instance, key: key), site)
            #expect(destroyed.state == .destroyed && destroyed.wrapping == nil)
            #expect(try code(.restore(instance: instance, key: key), site) == .objectDestroyed)
            guard case .key(.key(let shown)) = try answer(.show(instance: instance, key: key), site).get() else {
                Issue.record("not shown")
                return
            }
            #expect(shown == destroyed)
        }
    }

    @Test func theHistoryHasWhatClientsAndOperatorsDid() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try activeKey(site)
            _ = try site.get(key)
            _ = try changed(.revoke(instance: instance, key: key, obsolete), site)
            _ = try changed(.restore(instance: instance, key: key), site)
            _ = try site.outcome(.makeDestroy(key))
            let part = KeyHistoryPart(limit: 3, after: nil)
            guard case .history(let newest) = try answer(.history(instance: instance, key: key, part), site).get(),
                case .history(let rest) = try answer(
                    .history(instance: instance, key: key, KeyHistoryPart(limit: 500, after: newest.next)),
                    site
                ).get()
            else {
                Issue.record("no history")
                return
            }
            let events = newest.events + rest.events
            #expect(newest.events.count == 3 && rest.next == nil)
            let actions: [AuditEvent.Action] = [
                .keyDestroy, .keyRestore, .keyRevoke, .keyRead, .keyActivate, .keyCreate,
            ]
            #expect(events.map(\.action) == actions)
            #expect(events.map(\.failure) == [.wrongLifecycleState, nil, nil, nil, nil, nil])
            #expect(events[1].initiator == "Operator-\(site.manager)" && events[1].address == "192.0.2.7")
            #expect(events[3].initiator == "CertificateID-\(site.one.fingerprint)")
        }
    }

    @Test func aChangeThatComesTwiceIsMadeOnce() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try activeKey(site)
            let revoke = try site.sealOperators(.key(.revoke(instance: instance, key: key, obsolete)))
            let first = try site.worker.deliver(revoke)
            _ = try changed(.restore(instance: instance, key: key), site)
            // What it did is undone; the message that comes again does not do it again.
            #expect(first?.failureCode == nil && first != nil)
            #expect(try site.worker.deliver(revoke) == first)
            #expect(try site.anotherWorker().deliver(revoke, isRedelivered: true) == first)
            #expect(try site.attribute(.state, of: key) == [.enumeration(ObjectState.active.rawValue)])
            let events = try site.worker.auditEvents().filter { $0.action == .keyRevoke }
            #expect(events.count == 1 && events.first?.object == key)
        }
    }

    @Test func ofTwoChangesAtOnceTheLaterIsDecidedAnew() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try activeKey(site)
            let other = try site.anotherWorker()
            let ahead = try site.seal([.makeRevoke(key)])
            let behind = try site.sealOperators(.key(.revoke(instance: instance, key: key, obsolete)))
            nonisolated(unsafe) var reply: JobReply?
            nonisolated(unsafe) let faster = other
            // The clock is read at admission, for who may, and when the key has been read.
            site.clock.atReading(3) { reply = try? faster.deliver(ahead) }
            #expect(try site.worker.deliver(behind)?.failureCode == .wrongLifecycleState)
            #expect(reply == .kmip([.success(.revoked(key))]))
        }
    }

    @Test func nothingOfItNeedsAServiceOrTheHSM() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try activeKey(site)
            try site.changeAuthority { authority in
                authority.rootKeys = authority.rootKeys.map { key in
                    RootKey(
                        identifier: key.identifier,
                        name: key.name,
                        partition: key.partition,
                        status: .suspended,
                        created: key.created
                    )
                }
                authority.instances = authority.instances.map { instance in
                    Instance(
                        identifier: instance.identifier,
                        name: instance.name,
                        status: .removing,
                        partition: instance.partition,
                        rootKey: instance.rootKey,
                        created: instance.created
                    )
                }
            }
            #expect(try site.reply([.makeGet(key)])?.failureCode == .instanceNotInService)
            #expect(try listed(site).keys.count == 1)
            #expect(try changed(.revoke(instance: instance, key: key, obsolete), site).state == .deactivated)
            #expect(try changed(.restore(instance: instance, key: key), site).state == .active)
            let compromise = RevocationReason(code: .keyCompromise, message: nil)
            #expect(try changed(.revoke(instance: instance, key: key, compromise), site).state == .compromised)
            #expect(try code(.restore(instance: instance, key: key), site) == .wrongLifecycleState)
            #expect(
                try changed(.destroy(instance: instance, key: key), site).state == .destroyedCompromised
            )
        }
    }

    @Test func anAlteredKeyIsListedAsThatAndNotChanged() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let (good, bad) = (try activeKey(site), try activeKey(site))
            try site.tamper("UPDATE managed_objects SET state = 1 WHERE unique_identifier = ?", [.text(bad.text)])
            let keys = try listed(site).keys
            #expect(keys.count == 2 && keys.contains(.corrupted(bad)))
            #expect(try answer(.show(instance: instance, key: bad), site).get() == .key(.corrupted(bad)))
            for request in [
                KeyRequest.revoke(instance: instance, key: bad, obsolete), .restore(instance: instance, key: bad),
                .destroy(instance: instance, key: bad),
            ] {
                #expect(try code(request, site) == .recordCorrupted)
            }
            #expect(try changed(.revoke(instance: instance, key: good, obsolete), site).state == .deactivated)
        }
    }

    @Test func whoMayNotAndWhatIsNotThere() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try activeKey(site)
            let part = KeyHistoryPart(limit: 10, after: nil)
            let reads: [KeyRequest] = [
                .list(instance: instance, KeySearch()), .show(instance: instance, key: key),
                .history(instance: instance, key: key, part),
            ]
            let changes: [KeyRequest] = [
                .revoke(instance: instance, key: key, obsolete), .restore(instance: instance, key: key),
                .destroy(instance: instance, key: key),
            ]
            for request in reads { _ = try answer(request, site, by: site.viewer).get() }
            for request in changes {
                #expect(
                    try answer(request, site, by: site.viewer) == .failure(OperationFailure(.operatorNotAuthorized))
                )
            }
            for identifier in ["", "nobody", "a\u{0}b", String(repeating: "x", count: 4_000)] {
                let nobody = UniqueIdentifier(identifier)
                #expect(try code(.show(instance: instance, key: nobody), site) == .keyNotFound)
                #expect(try code(.history(instance: instance, key: nobody, part), site) == .keyNotFound)
                #expect(try code(.restore(instance: instance, key: nobody), site) == .keyNotFound)
            }
            // Another instance's key is none of this one's.
            #expect(try code(.destroy(instance: "kmip-other", key: key), site) == .keyNotFound)
            #expect(try code(.list(instance: "kmip-none", KeySearch()), site) == .itemNotFound)
            var much = KeySearch()
            much.attributes = (0...KeySearch.mostAttributes).map { .custom("x-\($0)", "") }
            #expect(try code(.list(instance: instance, much), site) == .invalidField)
            let unknown = RevocationReason(code: .init(rawValue: 99), message: nil)
            let long = RevocationReason(code: .superseded, message: String(repeating: "x", count: 1_025))
            for reason in [unknown, long] {
                #expect(try code(.revoke(instance: instance, key: key, reason), site) == .invalidField)
            }
        }
    }
}
