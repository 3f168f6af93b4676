import Cryptography
import KeyModel
import OperatorSignatures
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// What operators sign themselves, brought by an admin front that is dishonest.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct StatementIntegrationTests {
    private func withSite(_ body: (TestSite, TestOperator, Instance) throws -> Void) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let owner = try site.makeOperator("owner", [.keyOwner])
            guard case .operator(.instance(.changed(let made)))? = try site.sendOperators(.instance(.create(name: nil)))
            else { throw FixtureError("no instance") }
            try body(site, owner, made.instance)
        }
    }

    @Test func whatTheOwnerSignedIsDoneOnce() async throws {
        try await withSite { site, owner, instance in
            let signed = try owner.sign(site.grantRequest(instance))
            let reply = try site.sendOperators(site.grant(instance.name, signed), by: owner.fingerprint)
            guard case .operator(.authorization(.granted(let granted)))? = reply else {
                Issue.record("not granted: \(String(describing: reply))")
                return
            }
            #expect(granted.authorization.allowsService && granted.instanceName == instance.name)
            #expect(site.authority.authorization(of: instance.identifier, for: AuthorityPlan.rootKey) != nil)
            #expect(try site.count("statement_nonces") == 1)
            // The front sends it again: after a withdrawal it must not come back.
            let withdraw = OperatorJob.Request.authorization(.withdraw(rootKey: "test", instance: instance.name))
            #expect(try site.sendOperators(withdraw, by: owner.fingerprint)?.failureCode == nil)
            let again = try site.sendOperators(site.grant(instance.name, signed), by: owner.fingerprint)
            #expect(again?.failureCode == .statementNotAccepted)
            #expect(site.authority.authorization(of: instance.identifier, for: AuthorityPlan.rootKey) == nil)
            #expect(try site.sendOperators(withdraw, by: owner.fingerprint)?.failureCode == .itemNotFound)
            let actions = try site.worker.auditEvents().map(\.action)
            #expect(actions == [.instanceCreate, .authorizationGrant, .authorizationWithdraw])
            #expect(try site.worker.auditEvents()[1].object?.text == AuthorityPlan.rootKey.text)
        }
    }

    @Test func theFrontCanNotUseItForAnythingElse() async throws {
        try await withSite { site, owner, instance in
            let other = try #require(site.instance("kmip-other"))
            let both = Set(ServiceAuthorization.Role.allCases)
            let good = try owner.sign(site.grantRequest(instance))
            let cases: [(String, SignedStatement, String, Set<ServiceAuthorization.Role>)] = [
                ("another instance", good, other.name, both),
                ("fewer roles were asked than signed", good, instance.name, [.viewer]),
                (
                    "more roles were asked than signed", try owner.sign(site.grantRequest(instance, roles: [.viewer])),
                    instance.name, both
                ),
                (
                    "another partition", try owner.sign(site.grantRequest(instance, partition: "p2")), instance.name,
                    both
                ),
                (
                    "the identifier of another instance under this name",
                    try owner.sign(
                        .grantAuthorization(
                            partition: TestSite.partitionName,
                            rootKey: .init(name: "test", identifier: AuthorityPlan.rootKey.text),
                            instance: .init(name: instance.name, identifier: other.identifier.text),
                            roles: both.map(\.rawValue)
                        )
                    ), instance.name, both
                ),
                (
                    "another purpose",
                    try owner.sign(
                        OperatorStatement(
                            purpose: "keyferry restore",
                            subject: site.grantRequest(instance).subject,
                            issued: site.clock.now / 1_000,
                            lifetimeSeconds: 300
                        )
                    ), instance.name, both
                ),
                (
                    "expired",
                    try owner.sign(site.grantRequest(instance), at: site.clock.now / 1_000 - 301), instance.name, both
                ),
                (
                    "from the future",
                    try owner.sign(site.grantRequest(instance), at: site.clock.now / 1_000 + 600), instance.name, both
                ),
                (
                    "no signature",
                    SignedStatement(statement: good.statement, signature: "", certificate: good.certificate),
                    instance.name, both
                ),
                (
                    "no statement",
                    SignedStatement(statement: [], signature: good.signature, certificate: good.certificate),
                    instance.name, both
                ),
                (
                    "no certificate",
                    SignedStatement(statement: good.statement, signature: good.signature, certificate: [0x30]),
                    instance.name, both
                ),
            ]
            for (what, signed, name, roles) in cases {
                let request = site.grant(name, signed, roles: roles)
                let reply = try site.sendOperators(request, by: owner.fingerprint)
                #expect(reply?.failureCode == .statementNotAccepted, "\(what)")
            }
            #expect(site.authority.authorization(of: instance.identifier, for: AuthorityPlan.rootKey) == nil)
            // Nothing of it used the good one up.
            #expect(try site.count("statement_nonces") == 0)
            #expect(
                try site.sendOperators(site.grant(instance.name, good), by: owner.fingerprint)?.failureCode == nil
            )
        }
    }

    @Test func nobodySignsForAnother() async throws {
        try await withSite { site, owner, instance in
            let manager = try site.makeOperator("manager-2", [.kmipManager])
            let stranger = try TestOperator(site.services)
            let request = site.grantRequest(instance)
            let cases: [(TestOperator, CertificateFingerprint, OperationFailure.Code)] = [
                // The front claims that the owner asks, with a manager's signature, or with anyone's.
                (manager, owner.fingerprint, .statementNotAccepted),
                (stranger, owner.fingerprint, .statementNotAccepted),
                // It tells the truth.
                (manager, manager.fingerprint, .operatorNotAuthorized),
                (stranger, stranger.fingerprint, .operatorNotAuthorized),
                // It has another operator ask with the owner's signature.
                (owner, manager.fingerprint, .operatorNotAuthorized),
            ]
            for (signer, requester, expected) in cases {
                let reply = try site.sendOperators(
                    site.grant(instance.name, try signer.sign(request)),
                    by: requester
                )
                #expect(reply?.failureCode == expected)
            }
            // The owner's certificate beside another's signature.
            let forged = SignedStatement(
                statement: try manager.sign(request).statement,
                signature: try manager.sign(request).signature,
                certificate: owner.certificate.der
            )
            let reply = try site.sendOperators(site.grant(instance.name, forged), by: owner.fingerprint)
            #expect(reply?.failureCode == .statementNotAccepted)
            // A key owner who was revoked signs nothing more.
            let second = try site.makeOperator("owner-2", [.keyOwner])
            let signed = try owner.sign(request)
            let revoke = OperatorJob.Request.registeredOperator(.revoke(owner.fingerprint))
            #expect(try site.sendOperators(revoke, by: second.fingerprint)?.failureCode == nil)
            let late = try site.sendOperators(site.grant(instance.name, signed), by: owner.fingerprint)
            #expect(late?.failureCode == .operatorNotAuthorized)
        }
    }

    @Test func noncesAreForgottenLongAfterTheirStatements() async throws {
        try await withSite { site, owner, instance in
            for minutes in [0, 10, 70] {
                site.clock.advance(byMilliseconds: Int64(minutes) * 60_000)
                let signed = try owner.sign(site.grantRequest(instance), at: site.clock.now / 1_000)
                let reply = try site.sendOperators(site.grant(instance.name, signed), by: owner.fingerprint)
                #expect(reply?.failureCode == nil)
            }
            // The first two expired more than an hour ago.
            #expect(try site.count("statement_nonces") == 1)
        }
    }
}
