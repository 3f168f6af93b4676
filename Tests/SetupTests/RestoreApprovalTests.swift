import Cryptography
import KeyModel
import OperatorSignatures
import TestServices
import Testing

@testable import Setup

@Suite struct RestoreApprovalTests {
    private static let now: Int64 = 1_790_000_000

    private struct Person {
        let key: PrivateKey
        let certificate: Certificate
        let record: Operator

        init(
            _ name: String,
            roles: Set<Operator.Role> = [.keyOwner],
            status: Operator.Status = .inForce
        ) throws {
            key = try .generate(.p256)
            let authority = try CertificateAuthority.create(
                commonName: "operators",
                validity: .days(30, from: RestoreApprovalTests.now),
                key: .generate(.p256)
            )
            certificate = try authority.issueOperator(name: name, to: key.publicKey, now: RestoreApprovalTests.now)
            record = Operator(
                fingerprint: try certificate.fingerprint(),
                name: name,
                roles: roles,
                status: status,
                notAfter: Timestamp(secondsSince1970: certificate.notAfter)
            )
        }

        func approve(_ subject: RestoreSubject, at time: Int64 = RestoreApprovalTests.now) throws -> RestoreApproval {
            try RestoreApproval(subject, key: key, certificate: certificate, now: time, hours: 24)
        }
    }

    private let subject = RestoreSubject(
        backup: String(repeating: "ab", count: 32),
        backupGeneration: 3,
        anchorGeneration: 5,
        tokenSerial: "0123"
    )

    private func approvers(
        _ approvals: [RestoreApproval],
        _ people: [Person],
        at time: Int64 = RestoreApprovalTests.now
    ) throws(SetupError) -> [String] {
        var authority = Authority(generation: 3)
        authority.operators = people.map(\.record)
        return try RestoreApproval.approvers(approvals, of: subject, in: authority, now: time).map(\.name)
    }

    @Test func twoDifferentKeyOwnersDecide() throws {
        let people = try [Person("anna"), Person("ben"), Person("anna")]
        let approvals = try people.map { try $0.approve(subject) }
        #expect(try approvers([approvals[0], approvals[1]], people) == ["anna", "ben"])
        let refused = SetupError(.approvalRefused, "")
        #expect(throws: refused) { _ = try approvers([], people) }
        #expect(throws: refused) { _ = try approvers([approvals[0]], people) }
        #expect(throws: refused) { _ = try approvers([approvals[0], approvals[0]], people) }
        // One person with two certificates, and with two signatures.
        #expect(throws: refused) { _ = try approvers([approvals[0], approvals[2]], people) }
        #expect(throws: refused) { _ = try approvers([approvals[0], people[0].approve(subject)], people) }
    }

    @Test func nobodyElseDoes() throws {
        let anna = try Person("anna")
        let others = try [
            Person("viewer", roles: [.viewer, .kmipManager, .auditor]), Person("gone", status: .revoked),
        ]
        let stranger = try Person("stranger")
        for other in others + [stranger] {
            let approvals = try [anna, other].map { try $0.approve(subject) }
            #expect(throws: SetupError(.approvalRefused, "")) { _ = try approvers(approvals, [anna] + others) }
        }
    }

    @Test func nothingElseIsAgreedTo() throws {
        let people = try [Person("anna"), Person("ben")]
        let (backup, anchor) = (subject.backup, subject.anchorGeneration)
        let others = [
            RestoreSubject(
                backup: String(repeating: "ac", count: 32),
                backupGeneration: 3,
                anchorGeneration: anchor,
                tokenSerial: "0123"
            ),
            RestoreSubject(backup: backup, backupGeneration: 2, anchorGeneration: anchor, tokenSerial: "0123"),
            // What was agreed to before the restore raised the anchor.
            RestoreSubject(backup: backup, backupGeneration: 3, anchorGeneration: 4, tokenSerial: "0123"),
            RestoreSubject(backup: backup, backupGeneration: 3, anchorGeneration: anchor, tokenSerial: "0124"),
        ]
        for other in others {
            let approvals = try [people[0].approve(subject), people[1].approve(other)]
            #expect(throws: SetupError(.approvalRefused, "")) { _ = try approvers(approvals, people) }
        }
        let approvals = try people.map { try $0.approve(subject) }
        for time in [Self.now - 3_600, Self.now + 24 * 3_600] {
            #expect(throws: SetupError(.approvalRefused, "")) { _ = try approvers(approvals, people, at: time) }
        }
    }

    @Test func filesKeepThem() throws {
        let folder = try TemporaryFolder(prefix: "kf-approval")
        let anna = try Person("anna")
        let approval = try anna.approve(subject)
        try approval.write(to: folder.file("anna"))
        #expect(try RestoreApproval.read(folder.file("anna")) == approval)
        #expect(throws: SetupError(.fileExists, "")) { try approval.write(to: folder.file("anna")) }
        for text in ["", "{}", "null", "[]", #"{"statement":"","signature":""}"#] {
            let path = try folder.write(text, to: "bad")
            #expect(throws: SetupError(.approvalRefused, "")) { _ = try RestoreApproval.read(path) }
        }
        let empty = try folder.write(#"{"certificate":"","signature":"..","statement":"AA"}"#, to: "empty")
        let read = try RestoreApproval.read(empty)
        #expect(throws: SetupError(.approvalRefused, "")) { _ = try approvers([read, approval], [anna]) }
        // Another's certificate under one's own signature, and a statement that was changed.
        let ben = try Person("ben")
        #expect(throws: OperatorSignatureError(.unusableKey)) {
            _ = try RestoreApproval(subject, key: ben.key, certificate: anna.certificate, now: Self.now, hours: 24)
        }
    }
}
