import AdminClient
import AdminResources
import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import NIOHTTP1
import Testing

@Suite("Deletion of root keys over /v1/root-keys")
struct RootKeyDeletionRoutesTests {
    private func json(signatures count: Int, _ admin: AdminFixture) throws -> String {
        let pem = admin.keyOwner.certificate.pem
        let one = SignedStatementResource(statement: "{}", signature: "a..b", certificatePem: pem)
        let order = RootKeyDeletionOrder(signed: Array(repeating: one, count: count))
        return String(decoding: try ResourceCoding.encode(order), as: UTF8.self)
    }

    @Test("An order goes to the worker with both signatures, and is accepted")
    func order() async throws {
        try await AdminFixture.run { admin in
            let deleting = Result<OperatorAnswer, OperationFailure>.success(.rootKey(.rootKey(RootKeySample.deleting)))
            admin.jobs.set(\.answers, ["root-key.delete": deleting, "root-key.restore": deleting])
            let pem = admin.keyOwner.certificate.pem
            let statements = ["{}", "{\"a\":1}"].map {
                SignedStatementResource(statement: $0, signature: "a..b", certificatePem: pem)
            }
            let client = try AdminRESTClient(admin.configuration(as: admin.keyOwner))
            let answer = try await client.deleteRootKey("first", RootKeyDeletionOrder(signed: statements))
            #expect(answer.status == "deleting" && answer.deletion?.operation == "o-2")
            #expect(try await client.restoreRootKey("first").identifier == "root-1")
            let requests = admin.jobs.received.map(\.request)
            guard case .rootKey(.delete("first", let signed))? = requests.first else {
                Issue.record("no order: \(requests)")
                return
            }
            #expect(signed.map(\.statement) == statements.map { Array($0.statement.utf8) })
            #expect(signed.map(\.certificate) == [admin.keyOwner.certificate.der, admin.keyOwner.certificate.der])
            #expect(requests.last == .rootKey(.restore("first")))
        }
    }

    @Test("What is refused is told by its code")
    func refusals() async throws {
        try await AdminFixture.run { admin in
            let both = try json(signatures: 2, admin)
            let cases: [(OperationFailure.Code, Int, ProblemCode)] = [
                (.secondKeyOwnerMissing, 403, .secondKeyOwnerMissing),
                (.statementNotAccepted, 403, .statementNotAccepted), (.itemNotFound, 404, .rootKeyNotFound),
                (.rootKeyDeletionPending, 409, .rootKeyDeletionPending), (.rootKeyDeleted, 409, .rootKeyDeleted),
                (.rootKeyNotBeingDeleted, 409, .rootKeyNotBeingDeleted),
                (.preconditionFailed, 412, .preconditionFailed),
                (.deletionReportMissing, 404, .deletionReportMissing),
            ]
            for (failure, status, code) in cases {
                let refusal = Result<OperatorAnswer, OperationFailure>.failure(OperationFailure(failure))
                admin.jobs.set(
                    \.answers,
                    [
                        "root-key.delete": refusal, "root-key.restore": refusal, "root-key.deletion-report": refusal,
                    ]
                )
                let (method, path, json): (HTTPMethod, String, String?) =
                    switch failure {
                    case .rootKeyNotBeingDeleted: (.POST, "/v1/root-keys/first/restore", nil)
                    case .deletionReportMissing: (.GET, "/v1/root-keys/first/deletion-report", nil)
                    default: (.POST, "/v1/root-keys/first/delete", both)
                    }
                let answer = try await admin.send(method, path, json: json, as: admin.keyOwner)
                #expect(answer.status == status && answer.code == code.rawValue, "\(failure): \(answer.text)")
            }
            let asked = admin.jobs.received.count
            let wrong = ["{}"] + (try [0, 1, 3].map { try json(signatures: $0, admin) })
            for json in wrong {
                let answer = try await admin.send(.POST, "/v1/root-keys/first/delete", json: json, as: admin.keyOwner)
                #expect(answer.status == 400 && answer.code == "malformed-request")
                #expect(answer.detail?.contains("'signed'") == true, "\(answer.text)")
            }
            #expect(admin.jobs.received.count == asked)
        }
    }

    /// One answer stands for every part here: it says that it is whole.
    @Test("A report arrives as it was signed")
    func report() async throws {
        try await AdminFixture.run { admin in
            let report = Array(#"{"purpose":"ä"}"#.utf8)
            let part = DeletionReportPart(
                bytes: report,
                totalByteCount: report.count,
                signature: "a..b",
                certificate: admin.keyOwner.certificate.der
            )
            admin.jobs.set(\.answers, ["root-key.deletion-report": .success(.rootKey(.deletionReport(part)))])
            let client = try AdminRESTClient(admin.configuration(as: admin.viewer))
            let got = try await client.deletionReport(of: "first")
            #expect(Array(got.statement.utf8) == report && got.signature == "a..b")
            #expect(got.certificatePem == admin.keyOwner.certificate.pem)
            #expect(admin.jobs.received.map(\.request) == [.rootKey(.deletionReport("first", offset: 0))])
        }
    }
}
