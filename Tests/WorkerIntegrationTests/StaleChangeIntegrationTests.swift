import AuthorityKeeping
import Cryptography
import KeyModel
import OperatorSignatures
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// If-Match, as the worker judges it: every change of a record is made only to what its requester saw.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct StaleChangeIntegrationTests {
    /// Sends a change with tags that do not hold, then with the one that does, then with that one again: by then the record
    /// is another.
    private func expectOnlyFresh(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint,
        seen tag: RecordTag,
        of site: TestSite
    ) throws {
        let before = site.authority
        for stale in [RecordTag(fields: []), RecordTag(fields: ["other"]), RecordTag(text: tag.text + "0:")] {
            let reply = try site.sendOperators(request, by: requester, expecting: stale)
            #expect(reply?.failureCode == .preconditionFailed, "\(request.name)")
        }
        #expect(site.authority == before)
        let fresh = try site.sendOperators(request, by: requester, expecting: tag)
        #expect(fresh != nil && fresh?.failureCode == nil, "\(request.name)")
        let again = try site.sendOperators(request, by: requester, expecting: tag)
        #expect(again?.failureCode == .preconditionFailed, "\(request.name)")
    }

    private func instanceTag(_ name: String, _ site: TestSite) throws -> RecordTag {
        try #require(site.instance(name)).tag
    }

    private func rootKeyTag(_ site: TestSite) throws -> RecordTag {
        guard case .operator(.rootKey(.rootKey(let shown)))? = try site.sendOperators(.rootKey(.show("test"))) else {
            throw FixtureError("not shown")
        }
        return shown.tag
    }

    @Test func anInstance() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            for request: InstanceRequest in [
                .deactivate(name: "kmip-one"), .activate(name: "kmip-one", rootKey: "test"),
                .remove(name: "kmip-one", repeatedName: nil),
            ] {
                let tag = try instanceTag("kmip-one", site)
                try expectOnlyFresh(.instance(request), by: site.manager, seen: tag, of: site)
            }
            #expect(site.instance("kmip-one") == nil)
        }
    }

    @Test func aRootKey() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            for request: RootKeyRequest in [.suspend("test"), .resume(AuthorityPlan.rootKey.text), .rotate("test")] {
                let tag = try rootKeyTag(site)
                try expectOnlyFresh(.rootKey(request), by: site.keyOwner, seen: tag, of: site)
            }
        }
    }

    @Test func aRootKeyThatIsBeingDeleted() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owners = try ["anna", "bert"].map { try site.makeOperator($0, [.keyOwner]) }
            let rootKey = try #require(site.authority.rootKeys.first { $0.identifier == AuthorityPlan.rootKey })
            let signed = try owners.map {
                try $0.sign(site.authority.deletionRequest(of: rootKey), at: site.clock.now / 1_000)
            }
            let delete = OperatorJob.Request.rootKey(.delete("test", signed: signed))
            try expectOnlyFresh(delete, by: owners[1].fingerprint, seen: try rootKeyTag(site), of: site)
            let restore = OperatorJob.Request.rootKey(.restore("test"))
            try expectOnlyFresh(restore, by: site.keyOwner, seen: try rootKeyTag(site), of: site)
        }
    }

    @Test func anAuthorization() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            let instance = try #require(site.instance("kmip-one"))
            func present() throws -> RecordTag {
                try #require(site.authority.authorization(of: instance.identifier, for: AuthorityPlan.rootKey)).tag
            }
            let half = try owner.sign(site.grantRequest(instance, roles: [.viewer]))
            let grant = site.grant("kmip-one", half, roles: [.viewer])
            try expectOnlyFresh(grant, by: owner.fingerprint, seen: try present(), of: site)
            let withdraw = OperatorJob.Request.authorization(.withdraw(rootKey: "test", instance: "kmip-one"))
            try expectOnlyFresh(withdraw, by: owner.fingerprint, seen: try present(), of: site)
        }
    }

    @Test func operatorsAndIdentities() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let viewer = try #require(site.authority.operators.first { $0.fingerprint == site.viewer })
            let revoke = OperatorJob.Request.registeredOperator(.revoke(site.viewer))
            // A renewal is of the certificate that it takes the place of, which it leaves as it is.
            let owner = try site.makeOperator("owner", [.keyOwner, .viewer])
            let newcomer = try TestOperator(site.services)
            let signed = try owner.sign(
                .addOperator(
                    partition: TestSite.partitionName,
                    operator: .init(name: viewer.name, identifier: newcomer.fingerprint.description),
                    roles: ["viewer"],
                    replaced: viewer.fingerprint.description
                )
            )
            let renew = OperatorJob.Request.registeredOperator(
                .add(
                    name: viewer.name,
                    der: newcomer.certificate.der,
                    roles: [.viewer],
                    replaced: viewer.fingerprint,
                    signed: signed
                )
            )
            let stale = try site.sendOperators(renew, by: owner.fingerprint, expecting: RecordTag(fields: ["other"]))
            #expect(stale?.failureCode == .preconditionFailed)
            let fresh = try site.sendOperators(renew, by: owner.fingerprint, expecting: viewer.tag)
            #expect(fresh != nil && fresh?.failureCode == nil)
            try expectOnlyFresh(revoke, by: site.keyOwner, seen: viewer.tag, of: site)
            let gateway = try #require(site.authority.services.first { $0.role == .gateway })
            let cutOff = OperatorJob.Request.identity(.revoke(gateway.fingerprint, isOwnMeant: false))
            try expectOnlyFresh(cutOff, by: site.manager, seen: gateway.tag, of: site)
        }
    }

    @Test func whatIsMadeWasNotSeenByAnybody() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let anything = try instanceTag("kmip-one", site)
            let made = OperatorJob.Request.instance(.create(name: "kmip-new"))
            #expect(try site.sendOperators(made, expecting: anything)?.failureCode == .preconditionFailed)
            let root = OperatorJob.Request.rootKey(.create(name: "second"))
            let reply = try site.sendOperators(root, by: site.keyOwner, expecting: try rootKeyTag(site))
            #expect(reply?.failureCode == .preconditionFailed)
            #expect(site.instance("kmip-new") == nil && site.authority.rootKeys.count == 1)
        }
    }
}
