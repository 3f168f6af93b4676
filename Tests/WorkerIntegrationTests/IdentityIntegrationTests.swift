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
        as signedRoles: Set<Operator.Role>? = nil,
        inPlaceOf replaced: CertificateFingerprint? = nil
    ) throws -> OperatorJob.Request {
        let signed = try signer.sign(
            .addOperator(
                partition: TestSite.partitionName,
                operator: .init(name: name, identifier: newcomer.fingerprint.description),
                roles: (signedRoles ?? roles).map(\.rawValue),
                replaced: replaced?.description
            )
        )
        return .registeredOperator(
            .add(name: name, der: newcomer.certificate.der, roles: roles, replaced: replaced, signed: signed)
        )
    }

    /// A service as the CA that is given makes it, and the request to believe it.
    private func believe(
        _ name: String,
        _ certificate: Certificate,
        role: String,
        signedBy signer: TestOperator,
        inPlaceOf replaced: CertificateFingerprint? = nil,
        signedFor signedReplaced: CertificateFingerprint? = nil
    ) throws -> OperatorJob.Request {
        let fingerprint = try #require(CertificateFingerprint(certificate.fingerprintSHA256))
        let signed = try signer.sign(
            .addIdentity(
                partition: TestSite.partitionName,
                identity: .init(name: name, identifier: fingerprint.description),
                role: role,
                replaced: (signedReplaced ?? replaced)?.description
            )
        )
        return .identity(.add(name: name, der: certificate.der, replaced: replaced, signed: signed))
    }

    @Test func everyoneRenewsHimselfAndNobodyAnother() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner, .auditor])
            let looker = try site.makeOperator("looker", [.viewer, .auditor])
            let cases: [(TestOperator, String, Set<Operator.Role>, TestOperator, OperationFailure.Code?)] = [
                // Himself, with what he has or less; not with more, nor under another name.
                (looker, "looker", [.viewer, .auditor], looker, nil), (looker, "looker", [.viewer], looker, nil),
                (looker, "looker", [.keyOwner], looker, .operatorNotAuthorized),
                (looker, "owner", [.viewer], looker, .itemNotFound),
                // Another, as who admits him: with roles that both have.
                (owner, "looker", [.auditor], looker, nil),
                (looker, "owner", [.auditor], owner, .operatorNotAuthorized),
                (owner, "looker", [.keyOwner], looker, .itemNotFound),
            ]
            for (number, (signer, name, roles, replaced, expected)) in cases.enumerated() {
                let newcomer = try TestOperator(site.services)
                let request = try add(newcomer, name, roles, signedBy: signer, inPlaceOf: replaced.fingerprint)
                #expect(
                    try site.sendOperators(request, by: signer.fingerprint)?.failureCode == expected,
                    "\(number)"
                )
                let now = Timestamp(secondsSince1970: site.clock.now / 1_000)
                #expect(
                    site.authority.operator(newcomer.fingerprint, at: now)?.roles == (expected == nil ? roles : nil)
                )
                // Who is replaced goes on.
                #expect(site.authority.operator(replaced.fingerprint, at: now) != nil)
            }
            // Signed for another certificate's place; in the place of a revoked one.
            let newcomer = try TestOperator(site.services)
            let wrong = try add(newcomer, "looker", [.viewer], signedBy: looker, inPlaceOf: owner.fingerprint)
            guard case .registeredOperator(.add(_, let der, let roles, _, let signed)) = wrong else { return }
            let moved = OperatorJob.Request.registeredOperator(
                .add(name: "looker", der: der, roles: roles, replaced: looker.fingerprint, signed: signed)
            )
            #expect(try site.sendOperators(moved, by: looker.fingerprint)?.failureCode == .statementNotAccepted)
            let revoke = OperatorJob.Request.registeredOperator(.revoke(looker.fingerprint))
            #expect(try site.sendOperators(revoke, by: owner.fingerprint)?.failureCode == nil)
            let late = try add(newcomer, "looker", [.auditor], signedBy: owner, inPlaceOf: looker.fingerprint)
            #expect(try site.sendOperators(late, by: owner.fingerprint)?.failureCode == .itemNotFound)
        }
    }

    @Test func aKeyOwnerMakesNoSecondOneOfHimself() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            // He can sign a certificate himself, and the request; the operators' CA has issued nothing.
            let himself = try TestOperator(try ServicesAuthority(partition: TestSite.partitionName))
            for (name, replaced) in [("zoe", CertificateFingerprint?.none), ("owner", owner.fingerprint)] {
                let request = try add(himself, name, [.keyOwner], signedBy: owner, inPlaceOf: replaced)
                #expect(
                    try site.sendOperators(request, by: owner.fingerprint)?.failureCode == .certificateInvalid,
                    "\(name)"
                )
            }
            #expect(!site.authority.operators.contains { $0.fingerprint == himself.fingerprint })
            // Nor is a service's certificate an operator's, where one CA issues both.
            let service = try site.services.credential(.gateway)
            let signed = try owner.sign(
                .addOperator(
                    partition: TestSite.partitionName,
                    operator: .init(name: "gate", identifier: service.fingerprint.description),
                    roles: ["viewer"],
                    replaced: nil
                )
            )
            let gate = OperatorJob.Request.registeredOperator(
                .add(name: "gate", der: service.certificate.der, roles: [.viewer], replaced: nil, signed: signed)
            )
            #expect(try site.sendOperators(gate, by: owner.fingerprint)?.failureCode == .certificateInvalid)
        }
    }

    @Test func aServiceIsBelievedByItsOwnersSignature() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            let manager = try site.makeOperator("keeper", [.kmipManager])
            let key = try PrivateKey.generate(.p256)
            let gateway = try site.services.certificate("gateway", for: key.publicKey)
            let fingerprint = try #require(CertificateFingerprint(gateway.fingerprintSHA256))
            func code(_ request: OperatorJob.Request, by signer: TestOperator? = nil) throws -> OperationFailure.Code? {
                try site.sendOperators(request, by: (signer ?? owner).fingerprint)?.failureCode
            }
            let unsigned = try believe("gateway-2", gateway, role: "gateway", signedBy: manager)
            #expect(try code(unsigned, by: manager) == .operatorNotAuthorized)
            #expect(try code(unsigned) == .statementNotAccepted)
            #expect(
                try code(believe("gateway-2", gateway, role: "worker", signedBy: owner)) == .statementNotAccepted
            )
            #expect(site.worker.processor.notices.isEmpty)

            #expect(try code(believe("gateway-2", gateway, role: "gateway", signedBy: owner)) == nil)
            let now = Timestamp(secondsSince1970: site.clock.now / 1_000)
            #expect(site.authority.service(fingerprint, at: now)?.role == .gateway)
            #expect(site.worker.processor.notices == [.identity(fingerprint)])
            let events = try site.worker.auditEvents().filter { $0.action == .identityAdd }
            #expect(events.map(\.object?.text) == [fingerprint.description])
            #expect(events.map(\.initiator) == ["Operator-\(owner.fingerprint)"])

            // The same again; a name that is taken; a renewal in its place, and in that of something else.
            #expect(
                try code(believe("gateway-3", gateway, role: "gateway", signedBy: owner)) == .alreadyExists
            )
            let other = try site.services.certificate("gateway", for: key.publicKey)
            #expect(try code(believe("gateway-2", other, role: "gateway", signedBy: owner)) == .alreadyExists)
            let admin = site.admin.credential.fingerprint
            for replaced in [admin, site.gateway.credential.fingerprint] {
                let request = try believe("gateway-2", other, role: "gateway", signedBy: owner, inPlaceOf: replaced)
                #expect(try code(request) == .itemNotFound)
            }
            let moved = try believe(
                "gateway-2",
                other,
                role: "gateway",
                signedBy: owner,
                inPlaceOf: fingerprint,
                signedFor: admin
            )
            #expect(try code(moved) == .statementNotAccepted)
            let renewal = try believe("gateway-2", other, role: "gateway", signedBy: owner, inPlaceOf: fingerprint)
            #expect(try code(renewal) == nil)
            #expect(site.authority.services.count { $0.name == "gateway-2" && $0.status == .inForce } == 2)
        }
    }

    @Test func whatIsNoServiceOfThisPartitionIsNotBelieved() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            let key = try PrivateKey.generate(.p256).publicKey
            let rsa = try PrivateKey.generate(.rsa2048).publicKey
            let stranger = try ServicesAuthority()
            let past = CertificateValidity.days(1, from: ServicesAuthority.now / 1_000 - 10 * 86_400)
            let certificates: [(String, Certificate)] = [
                ("ticket", try site.services.certificate("ticket", for: key)),
                ("gateway", try stranger.certificate("gateway", for: key)),
                ("gateway", try site.services.certificate("gateway", for: key, partitions: ["other"])),
                ("gateway", try site.services.certificate("gateway", for: key, validity: past)),
                ("gateway", try site.services.certificate("gateway", for: rsa)),
                ("janitor", try site.services.certificate("janitor", for: key)),
                ("gateway", try site.services.certificate(nil, for: key)),
            ]
            for (number, (role, certificate)) in certificates.enumerated() {
                let request = try believe("new", certificate, role: role, signedBy: owner)
                let reply = try site.sendOperators(request, by: owner.fingerprint)
                #expect(reply?.failureCode == .certificateInvalid, "\(number)")
            }
            #expect(!site.authority.services.contains { $0.name == "new" })
        }
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

    @Test func theLastManagerStays() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let revoke = OperatorJob.Request.registeredOperator(.revoke(site.manager))
            #expect(try site.sendOperators(revoke, by: site.keyOwner)?.failureCode == .wouldLockOut)
            let second = try site.makeOperator("second", [.kmipManager, .viewer])
            #expect(try site.sendOperators(revoke, by: site.keyOwner)?.failureCode == nil)
            let last = OperatorJob.Request.registeredOperator(.revoke(second.fingerprint))
            #expect(try site.sendOperators(last, by: site.keyOwner)?.failureCode == .wouldLockOut)
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
