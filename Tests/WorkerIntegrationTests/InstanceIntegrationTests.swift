import AuthorityKeeping
import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorage
import OperatorSignatures
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct InstanceIntegrationTests {
    private func details(_ site: TestSite, _ name: String) throws -> InstanceDetails {
        guard case .operator(.instance(.shown(let details)))? = try site.sendOperators(.instance(.show(name: name)))
        else { throw FixtureError("not shown") }
        return details
    }

    @Test func fromItsMakingToItsService() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            guard case .operator(.instance(.changed(let made)))? = try site.sendOperators(.instance(.create(name: nil)))
            else {
                Issue.record("no instance")
                return
            }
            let name = made.instance.name
            #expect(name.hasPrefix("kmip-") && name.utf8.count == 7 && made.instance.status == .inactive)
            #expect(try site.sendOperators(.instance(.create(name: name)))?.failureCode == .alreadyExists)
            #expect(try site.sendOperators(.instance(.create(name: "a b")))?.failureCode == .invalidField)
            #expect(try details(site, name).obstacle == .notActivated)

            let activate = OperatorJob.Request.instance(.activate(name: name, rootKey: "test"))
            #expect(try site.sendOperators(activate)?.failureCode == .rootKeyNotAuthorized)
            let half = try owner.sign(site.grantRequest(made.instance, roles: [.viewer]))
            let grantHalf = site.grant(name, half, roles: [.viewer])
            #expect(try site.sendOperators(grantHalf, by: owner.fingerprint)?.failureCode == nil)
            #expect(try site.sendOperators(activate)?.failureCode == .rootKeyNotAuthorized)
            let whole = try owner.sign(site.grantRequest(made.instance))
            #expect(try site.sendOperators(site.grant(name, whole), by: owner.fingerprint)?.failureCode == nil)
            let elsewhere = OperatorJob.Request.instance(.activate(name: name, rootKey: "none"))
            #expect(try site.sendOperators(elsewhere)?.failureCode == .itemNotFound)
            #expect(try site.sendOperators(activate)?.failureCode == nil)
            #expect(try site.sendOperators(activate)?.failureCode == .wrongInstanceStatus)

            let shown = try details(site, name)
            #expect(shown.obstacle == nil && shown.description.instance.status == .installed)
            #expect(shown.rootKeyName == "test" && shown.rootKeyVersion == 1 && shown.lastUse == nil)
            let client = try TestClient("new", services: site.services)
            let add = OperatorJob.Request.certificate(
                .add(instance: name, name: "vcenter", der: client.certificate.der)
            )
            #expect(try site.sendOperators(add)?.failureCode == nil)
            let key = try site.create(of: client)
            let material = try site.get(key, of: client)
            #expect(try details(site, name).lastUse != nil)

            // Deactivated: the same keys afterwards, none meanwhile.
            site.worker.processor.notices = []
            let deactivate = OperatorJob.Request.instance(.deactivate(name: name))
            #expect(try site.sendOperators(deactivate)?.failureCode == nil)
            #expect(site.worker.processor.notices == [.instance(made.instance.identifier)])
            #expect(try site.reply([.makeGet(key)], of: client)?.failureCode == .instanceNotInService)
            #expect(try site.sendOperators(deactivate)?.failureCode == .wrongInstanceStatus)
            #expect(try site.sendOperators(activate)?.failureCode == nil)
            #expect(try site.get(key, of: client) == material)
        }
    }

    @Test func aWithdrawnAuthorizationEndsServiceAtOnce() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            let instance = try #require(site.instance("kmip-one"))
            let key = try site.create()
            let material = try site.get(key)
            let withdraw = OperatorJob.Request.authorization(.withdraw(rootKey: "test", instance: "kmip-one"))
            #expect(try site.sendOperators(withdraw)?.failureCode == .operatorNotAuthorized)
            #expect(try site.sendOperators(withdraw, by: owner.fingerprint)?.failureCode == nil)
            #expect(site.worker.processor.notices == [.instance(instance.identifier)])
            #expect(try site.reply([.makeGet(key)])?.failureCode == .instanceNotInService)
            #expect(try details(site, "kmip-one").obstacle == .notAuthorized)
            guard
                case .operator(.authorization(.list(let left)))? = try site.sendOperators(
                    .authorization(.list(rootKey: AuthorityPlan.rootKey.text))
                )
            else {
                Issue.record("no list")
                return
            }
            #expect(left.map(\.instanceName) == ["kmip-other"])
            let signed = try owner.sign(site.grantRequest(instance))
            #expect(try site.sendOperators(site.grant("kmip-one", signed), by: owner.fingerprint)?.failureCode == nil)
            #expect(try site.get(key) == material)
        }
    }

    /// What one worker has carried out in memory while another took the instance out of service is not committed.
    @Test func nothingIsCommittedUnderAnOlderAuthority() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let other = Borrowed(
                try site.anotherWorker(),
                try site.sealOperators(.instance(.deactivate(name: "kmip-one")))
            )
            // The third reading of the clock is in the making of the client's scope: it is decided that he may.
            let create = try site.seal([.makeCreate()])
            site.clock.atReading(3) { other.deliver() }
            let reply = try site.worker.deliver(create)
            #expect(other.wasDone)
            #expect(reply?.failureCode == .instanceNotInService)
            #expect(try site.count("managed_objects") == 0)
        }
    }

    /// Another worker, which is let in by the clock of the first, on the same thread.
    private final class Borrowed: @unchecked Sendable {
        private let worker: TestWorker
        private let job: SealedJobInFlight
        private(set) var wasDone = false

        init(_ worker: TestWorker, _ job: SealedJobInFlight) {
            self.worker = worker
            self.job = job
        }

        func deliver() {
            let reply = try? worker.deliver(job)
            wasDone = reply != nil && reply?.failureCode == nil
        }
    }

    @Test func anInstanceWithoutKeysIsGoneAtOnce() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            _ = try site.outcome(.makeDestroy(key)).get()
            let remove = OperatorJob.Request.instance(.remove(name: "kmip-one", repeatedName: nil))
            #expect(try site.sendOperators(remove, by: site.viewer)?.failureCode == .operatorNotAuthorized)
            guard case .operator(.instance(.removed(let gone, 0)))? = try site.sendOperators(remove) else {
                Issue.record("not removed")
                return
            }
            #expect(gone.name == "kmip-one" && site.instance("kmip-one") == nil)
            #expect(!site.authority.certificates.contains { $0.instance == gone.identifier })
            #expect(!site.authority.authorizations.contains { $0.instance == gone.identifier })
            #expect(
                Set(site.worker.processor.notices) == [.instance(gone.identifier), .certificate(site.one.fingerprint)]
            )
            #expect(try site.reply([.makeGet(key)])?.failureCode == .notRegistered)
            #expect(try site.sendOperators(remove)?.failureCode == .itemNotFound)
        }
    }

    @Test func anInstanceWithKeysTakesThemWithItWhenItsNameIsRepeated() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let keys = try (0..<BatchProcessor.removalStep + 3).map { _ in try site.create() }
            _ = try site.outcome(.makeActivate(keys[0])).get()
            let kept = try site.create(of: site.other)
            // Somebody altered a record: it goes as well.
            try site.tamper("UPDATE managed_objects SET mac = x'00' WHERE unique_identifier = ?", [.text(keys[1].text)])
            func remove(_ repeated: String?) throws -> JobReply? {
                try site.sendOperators(.instance(.remove(name: "kmip-one", repeatedName: repeated)))
            }
            #expect(try remove(nil)?.failureCode == .keysNotDestroyed)
            #expect(try remove("kmip-other")?.failureCode == .invalidField)
            guard case .operator(.instance(.removed(let instance, keys.count)))? = try remove("kmip-one") else {
                Issue.record("not removed")
                return
            }
            #expect(site.instance("kmip-one")?.status == .removing)
            #expect(try site.reply([.makeGet(keys[2])])?.failureCode == .notRegistered)
            #expect(try remove("kmip-one")?.failureCode == .wrongInstanceStatus)
            #expect(
                try site.sendOperators(.instance(.deactivate(name: "kmip-one")))?.failureCode == .wrongInstanceStatus
            )

            // A worker does a step and dies; another goes on.
            site.worker.processor.continueRemovals()
            let left = try site.openStore().read { try $0.countOfMaterial(in: instance.identifier) }
            #expect(left == 3)
            let other = try site.anotherWorker()
            other.processor.continueRemovals()
            #expect(other.processor.keeper.authority.instances.contains { $0.status == .removing })
            other.processor.continueRemovals()
            #expect(other.processor.notices == [.instance(instance.identifier)])
            #expect(try site.openStore().read { try $0.countOfMaterial(in: instance.identifier) } == 0)
            try site.worker.processor.keeper.refresh()
            #expect(site.instance("kmip-one") == nil)
            other.processor.continueRemovals()

            let events = try site.worker.auditEvents() + other.auditEvents()
            let destroyed = events.filter { $0.action == .keyDestroy }
            #expect(Set(destroyed.compactMap(\.object)) == Set(keys))
            #expect(destroyed.count == keys.count && destroyed.allSatisfy { $0.instance == instance.identifier })
            #expect(destroyed.filter { $0.failure != nil }.map(\.object) == [keys[1]])
            #expect(events.count { $0.action == .instanceRemove } == 1)
            #expect(events.count { $0.action == .instanceRemoved } == 1)
            #expect(try site.get(kept, of: site.other).count == 32)
        }
    }

    @Test func keysStayUnderTheirRootKey() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            _ = try site.create()
            let root = try site.hsm.createRootKeyVersion(label: "keyferry-root-second-v1")
            let second = RootKeyIdentifier("root-2")
            let one = try #require(site.instance("kmip-one"))
            try site.changeAuthority { authority in
                authority.rootKeys.append(
                    RootKey(
                        identifier: second,
                        name: "second",
                        partition: one.partition,
                        status: .active,
                        created: AuthorityPlan.start
                    )
                )
                authority.rootKeyVersions.append(
                    RootKeyVersion(
                        rootKey: second,
                        version: 1,
                        status: .current,
                        tokenKeyID: root.identifier.bytes,
                        canary: root.canary,
                        created: AuthorityPlan.start
                    )
                )
                authority.authorizations.append(
                    ServiceAuthorization(
                        instance: one.identifier,
                        rootKey: second,
                        roles: Set(ServiceAuthorization.Role.allCases)
                    )
                )
            }
            #expect(try site.sendOperators(.instance(.deactivate(name: "kmip-one")))?.failureCode == nil)
            let other = OperatorJob.Request.instance(.activate(name: "kmip-one", rootKey: "second"))
            #expect(try site.sendOperators(other)?.failureCode == .keysNotDestroyed)
            try site.changeAuthority { authority in
                authority.rootKeys = authority.rootKeys.map { key in
                    guard key.name == "test" else { return key }
                    return RootKey(
                        identifier: key.identifier,
                        name: key.name,
                        partition: key.partition,
                        status: .suspended,
                        created: key.created
                    )
                }
            }
            let suspended = OperatorJob.Request.instance(.activate(name: "kmip-one", rootKey: "test"))
            #expect(try site.sendOperators(suspended)?.failureCode == .wrongLifecycleState)
        }
    }
}
