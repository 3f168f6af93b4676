import KeyModel
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// Who may ask for what: every request, by an operator of each single role, and by nobody. The worker decides, whatever the
/// admin front let through.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct OperatorRoleIntegrationTests {
    private static let nobodys = SignedStatement(statement: [1], signature: "a", certificate: [2])
    private static let key = UniqueIdentifier("k")
    private static let reason = RevocationReason(code: .superseded, message: nil)

    /// Reads, which every role may make.
    private static let reads: [OperatorJob.Request] = [
        .instance(.list), .instance(.show(name: "x")), .instance(.removalSteps(name: "x")),
        .certificate(.list(instance: "x")), .certificate(.show(instance: "x", name: "c")), .certificate(.listPending),
        .partition(.describe), .key(.list(instance: "x", KeySearch())), .key(.show(instance: "x", key: key)),
        .key(.history(instance: "x", key: key, KeyHistoryPart(limit: 1, after: nil))), .rootKey(.list),
        .rootKey(.show("x")), .rootKey(.importToken), .rootKey(.deletionReport("x", offset: 0)), .operation(.list),
        .operation(.show(OperationIdentifier("o"))), .authorization(.list(rootKey: "x")), .registeredOperator(.list),
        .identity(.list),
    ]

    private static func managers(_ fingerprint: CertificateFingerprint) -> [OperatorJob.Request] {
        [
            .instance(.create(name: "kmip-one")), .instance(.activate(name: "x", rootKey: "x")),
            .instance(.deactivate(name: "x")), .instance(.remove(name: "x", repeatedName: nil)),
            .instance(.checkRemovalStep(name: "x", RemovalStep.allCases[0], isChecked: true)),
            .certificate(.add(instance: "x", name: "c", der: [])), .certificate(.remove(instance: "x", name: "c")),
            .certificate(.replace(instance: "x", name: "c", der: [], overlapSeconds: 1)),
            .certificate(.admit(fingerprint, instance: "x", name: "c")),
            .key(.revoke(instance: "x", key: key, reason)),
            .key(.revokeAll(instance: "x", keys: [key], reason, notRetrievedSince: nil)),
            .key(.restore(instance: "x", key: key)), .key(.destroy(instance: "x", key: key)),
            .identity(.revoke(fingerprint, isOwnMeant: false)),
        ]
    }

    private static func keyOwners(_ fingerprint: CertificateFingerprint) -> [OperatorJob.Request] {
        [
            .rootKey(.create(name: "test")), .rootKey(.rotate("x")), .rootKey(.suspend("x")), .rootKey(.resume("x")),
            .rootKey(.importKey(name: "x", wrapped: [], signed: nobodys)),
            .rootKey(.importVersion("x", wrapped: [], signed: nobodys)),
            .rootKey(.delete("x", signed: [nobodys, nobodys])), .rootKey(.restore("x")),
            .authorization(.grant(rootKey: "x", instance: "x", roles: [.viewer], signed: nobodys)),
            .authorization(.withdraw(rootKey: "x", instance: "x")), .registeredOperator(.revoke(fingerprint)),
            .identity(.add(name: "x", der: [], signed: nobodys)),
        ]
    }

    @Test func everyRequestByEveryRole() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let auditor = try site.makeOperator("auditor", [.auditor])
            let stranger = try #require(CertificateFingerprint([UInt8](repeating: 0xDD, count: 32)))
            let operators: [(Operator.Role?, CertificateFingerprint)] = [
                (.viewer, site.viewer), (.kmipManager, site.manager), (.keyOwner, site.keyOwner),
                (.auditor, auditor.fingerprint), (nil, stranger),
            ]
            let table: [(requests: [OperatorJob.Request], allowed: Set<Operator.Role>)] = [
                (Self.reads, Set(Operator.Role.allCases)), (Self.managers(stranger), [.kmipManager]),
                (Self.keyOwners(stranger), [.keyOwner]),
            ]
            let before = site.authority
            for (requests, allowed) in table {
                for request in requests {
                    for (role, fingerprint) in operators {
                        let reply = try site.sendOperators(request, by: fingerprint)
                        let isAllowed = role.map(allowed.contains) ?? false
                        #expect(
                            (reply?.failureCode != .operatorNotAuthorized) == isAllowed && reply != nil,
                            "\(request.name), \(role.map { "\($0)" } ?? "nobody")"
                        )
                    }
                }
            }
            // Nothing of it could be done.
            #expect(site.authority.generation == before.generation)
            let names = table.flatMap(\.requests).map(\.name)
            #expect(names.count == Set(names).count)
        }
    }
}
