import AuthorityKeeping
import Cryptography
import JobSealing
import KeyModel
import OperatorSignatures
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct IdentityIntegrationTests {
    private func add(
        _ newcomer: TestOperator,
        _ name: String,
        _ roles: Set<Operator.Role>,
        signedBy signer: TestOperator,
        as signedRoles: Set<Operator.Role>? = nil
    ) throws -> OperatorJob.Request {
        let signed = try signer.sign(
            .addOperator(
                partition: TestSite.partitionName,
                operator: .init(name: name, identifier: newcomer.fingerprint.description),
                roles: (signedRoles ?? roles).map(\.rawValue)
            )
        )
        return .registeredOperator(.add(name: name, der: newcomer.certificate.der, roles: roles, signed: signed))
    }

    @Test func nobodyGivesWhatHeHasNot() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner, .auditor])
            let keeper = try site.makeOperator("keeper", [.kmipManager])
            let looker = try site.makeOperator("looker", [.viewer, .auditor])
            let cases: [(TestOperator, Set<Operator.Role>, OperationFailure.Code?)] = [
                (owner, [.keyOwner], nil), (owner, [.viewer, .auditor], nil),
                (owner, [.kmipManager], .operatorNotAuthorized),
                (keeper, [.kmipManager], nil), (keeper, [.viewer], nil), (keeper, [.keyOwner], .operatorNotAuthorized),
                (keeper, [.auditor], .operatorNotAuthorized), (looker, [.viewer], .operatorNotAuthorized),
                (owner, [], .invalidField),
            ]
            for (number, (signer, roles, expected)) in cases.enumerated() {
                let newcomer = try TestOperator(site.services)
                let request = try add(newcomer, "new-\(number)", roles, signedBy: signer)
                let reply = try site.sendOperators(request, by: signer.fingerprint)
                #expect(reply?.failureCode == expected, "\(number)")
                let now = Timestamp(secondsSince1970: site.clock.now / 1_000)
                #expect(
                    site.authority.operator(newcomer.fingerprint, at: now)?.roles == (expected == nil ? roles : nil)
                )
            }
            // More roles than were signed; a name that is taken; a certificate of another kind; the same one again.
            let newcomer = try TestOperator(site.services)
            let more = try add(newcomer, "more", [.keyOwner], signedBy: owner, as: [.viewer])
            #expect(try site.sendOperators(more, by: owner.fingerprint)?.failureCode == .statementNotAccepted)
            let taken = try add(newcomer, "keeper", [.viewer], signedBy: owner)
            #expect(try site.sendOperators(taken, by: owner.fingerprint)?.failureCode == .alreadyExists)
            let again = try add(keeper, "keeper-2", [.viewer], signedBy: owner)
            #expect(try site.sendOperators(again, by: owner.fingerprint)?.failureCode == .alreadyExists)
        }
    }

    @Test func theLastKeyOwnerStays() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            let revokeOwner = OperatorJob.Request.registeredOperator(.revoke(owner.fingerprint))
            #expect(try site.sendOperators(revokeOwner, by: site.manager)?.failureCode == .operatorNotAuthorized)
            // The other one goes; this one is the last.
            let revokeOther = OperatorJob.Request.registeredOperator(.revoke(site.keyOwner))
            #expect(try site.sendOperators(revokeOther, by: owner.fingerprint)?.failureCode == nil)
            #expect(try site.sendOperators(revokeOwner, by: owner.fingerprint)?.failureCode == .wouldLockOut)
            let revokeViewer = OperatorJob.Request.registeredOperator(.revoke(site.viewer))
            #expect(try site.sendOperators(revokeViewer, by: owner.fingerprint)?.failureCode == nil)
            #expect(site.worker.processor.notices == [.identity(site.keyOwner), .identity(site.viewer)])
            #expect(try site.sendOperators(.instance(.list), by: site.viewer)?.failureCode == .operatorNotAuthorized)
            #expect(try site.sendOperators(revokeViewer, by: owner.fingerprint)?.failureCode == .itemNotFound)
            let second = try site.makeOperator("second", [.keyOwner])
            #expect(try site.sendOperators(revokeOwner, by: second.fingerprint)?.failureCode == nil)
            guard
                case .operator(.registeredOperator(.list(let all)))? = try site.sendOperators(
                    .registeredOperator(.list)
                )
            else {
                Issue.record("no list")
                return
            }
            #expect(all.filter { $0.status == .revoked }.count == 3)
        }
    }

    @Test func aRevokedGatewayGetsNothingMore() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            let fingerprint = site.gateway.credential.fingerprint
            let revoke = OperatorJob.Request.identity(.revoke(fingerprint, isOwnMeant: false))
            #expect(try site.sendOperators(revoke, by: site.viewer)?.failureCode == .operatorNotAuthorized)
            #expect(try site.sendOperators(revoke)?.failureCode == nil)
            #expect(site.worker.processor.notices == [.identity(fingerprint)])
            #expect(try site.reply([.makeGet(key)])?.failureCode == .senderNotAuthorized)
            #expect(try site.sendOperators(revoke)?.failureCode == .itemNotFound)
            // The admin front's own goes only when it is meant.
            let own = site.admin.credential.fingerprint
            #expect(
                try site.sendOperators(.identity(.revoke(own, isOwnMeant: false)))?.failureCode == .wouldLockOut
            )
            #expect(try site.sendOperators(.identity(.revoke(own, isOwnMeant: true)))?.failureCode == nil)
            #expect(try site.sendOperators(.identity(.list))?.failureCode == .senderNotAuthorized)
            let events = try site.worker.auditEvents().filter { $0.action == .identityRevoke }
            #expect(events.map(\.object?.text) == [fingerprint.description, own.description])
        }
    }
}
