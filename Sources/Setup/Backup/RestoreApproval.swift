package import Cryptography
import Foundation
import KeyModel
import OperatorSignatures

/// What is decided when an older backup is put back: this backup, over what this token has seen.
///
/// It needs no list of nonces: the restore raises the token's anchor, and with that what was signed is about another state
/// of the token than there is.
package struct RestoreSubject: Hashable, Sendable {
    static let purpose = "keyferry restore"

    /// 64 hexadecimal digits.
    package let backup: String
    package let backupGeneration: UInt64
    package let anchorGeneration: UInt64
    package let tokenSerial: String

    package init(backup: String, backupGeneration: UInt64, anchorGeneration: UInt64, tokenSerial: String) {
        self.backup = backup
        self.backupGeneration = backupGeneration
        self.anchorGeneration = anchorGeneration
        self.tokenSerial = tokenSerial
    }

    package var members: [String: String] {
        [
            "backup": backup,
            "backupGeneration": String(backupGeneration),
            "anchorGeneration": String(anchorGeneration),
            "tokenSerial": tokenSerial,
        ]
    }
}

/// A key owner's signature under a restore, in a file.
package struct RestoreApproval: Codable, Hashable, Sendable {
    private static let maximumByteCount = 64 << 10

    /// The statement's bytes, base64url.
    private let statement: String
    /// A detached JWS over them.
    private let signature: String
    /// PEM.
    private let certificate: String

    /// Signs.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - hours: how long it is good for, at most 168.
    package init(
        _ subject: RestoreSubject,
        key: PrivateKey,
        certificate: Certificate,
        now: Int64,
        hours: Int
    ) throws {
        let statement = try OperatorStatement(
            purpose: RestoreSubject.purpose,
            subject: subject.members,
            issued: now,
            lifetimeSeconds: Int64(hours) * 3_600
        ).encoded()
        self.statement = Base64URL.encode(statement)
        signature = try DetachedSignature(over: statement, key: key, certificate: certificate).text
        self.certificate = certificate.pem
    }

    /// - Throws: `approvalRefused`.
    package static func read(_ file: String) throws(SetupError) -> RestoreApproval {
        guard let data = FileManager.default.contents(atPath: file), data.count <= maximumByteCount,
            let approval = try? JSONDecoder().decode(RestoreApproval.self, from: data)
        else {
            throw SetupError(.approvalRefused, "\(file) is no approval: keyferry-setup sign-restore makes one")
        }
        return approval
    }

    /// - Throws: `fileExists`, or `CryptographyError`.
    package func write(to file: String) throws {
        guard !FileManager.default.fileExists(atPath: file) else {
            throw SetupError(.fileExists, "\(file) is there already and is left as it is; choose another name")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        let text = Array(try encoder.encode(self)) + Array("\n".utf8)
        try DurableFile.write(text, to: file, mode: 0o600, replacing: false)
    }

    /// Who has signed: two key owners, of different names and certificates, both in force by `authority`.
    ///
    /// - Parameters:
    ///   - authority: the backup's.
    ///   - now: seconds since 1970.
    /// - Throws: `approvalRefused`.
    static func approvers(
        _ approvals: [RestoreApproval],
        of subject: RestoreSubject,
        in authority: Authority,
        now: Int64
    ) throws(SetupError) -> [Operator] {
        let signers = try approvals.map { approval throws(SetupError) in
            try approval.approver(of: subject, in: authority, now: now)
        }
        let names = Set(signers.map(\.name))
        let approvers = names.sorted().compactMap { name in signers.first { $0.name == name } }
        guard approvers.count >= 2 else {
            throw SetupError(
                .approvalRefused,
                "the signatures of two different key owners are needed, and there are \(approvers.count)"
            )
        }
        return approvers
    }

    private func approver(
        of subject: RestoreSubject,
        in authority: Authority,
        now: Int64
    ) throws(SetupError) -> Operator {
        let (certificate, signed) = try verified(at: now)
        guard signed.subject == subject.members else {
            throw SetupError(
                .approvalRefused,
                "an approval is for another restore: it must name backup \(subject.backup) at generation "
                    + "\(subject.backupGeneration), anchor generation \(subject.anchorGeneration) and token "
                    + subject.tokenSerial
            )
        }
        let fingerprint = try certificate.fingerprint()
        guard let approver = authority.operator(fingerprint, at: Timestamp(secondsSince1970: now)),
            approver.roles.contains(.keyOwner), certificate.notAfter >= now
        else {
            throw SetupError(
                .approvalRefused,
                "the certificate \(fingerprint) is not that of a key owner in force when the backup was made"
            )
        }
        return approver
    }

    /// The statement, with the certificate that has signed it.
    private func verified(at now: Int64) throws(SetupError) -> (Certificate, OperatorStatement) {
        do {
            let certificate = try Certificate(pem: self.certificate)
            let bytes = Base64URL.decode(statement) ?? []
            let signed = try OperatorStatement(decoding: bytes)
            try DetachedSignature(parsing: signature).verify(bytes, by: certificate)
            try signed.check(purpose: RestoreSubject.purpose, at: now)
            return (certificate, signed)
        } catch {
            throw SetupError(.approvalRefused, "an approval cannot be accepted: \(error)")
        }
    }
}
