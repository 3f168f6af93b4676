import Cryptography
import KeyModel
import OperatorSignatures

/// Two key owners who want the same: each has signed it, and neither can be the other.
struct KeyOwnersAgreement: Hashable {
    /// Of the one who asks.
    let asking: AcceptedStatement
    /// Of the one who agreed before.
    let agreeing: AcceptedStatement

    var owners: [CertificateFingerprint] { [asking.signer.fingerprint, agreeing.signer.fingerprint] }
}

extension StatementVerification {
    /// Verifies what two key owners signed, one of whom asks. Two certificates of the same name are one owner.
    ///
    /// - Throws: `StatementRefusal`; nil is returned where each signature is good, and they are not those of two owners.
    func agreement(
        _ sent: [SignedStatement],
        to request: SignedRequest
    ) throws(StatementRefusal) -> KeyOwnersAgreement? {
        guard sent.count == 2 else { return nil }
        var asking: AcceptedStatement?
        var agreeing: AcceptedStatement?
        for statement in sent {
            guard let signer = Self.signer(of: statement) else { throw .certificate }
            let verification = StatementVerification(authority: authority, requester: signer, now: now)
            let accepted = try verification.verify(statement, as: request)
            guard accepted.signer.roles.contains(.keyOwner) else { return nil }
            if signer == requester { asking = accepted } else { agreeing = accepted }
        }
        guard let asking, let agreeing, asking.signer.name != agreeing.signer.name else { return nil }
        return KeyOwnersAgreement(asking: asking, agreeing: agreeing)
    }

    private static func signer(of statement: SignedStatement) -> CertificateFingerprint? {
        guard let certificate = try? Certificate(der: statement.certificate) else { return nil }
        return CertificateFingerprint(certificate.fingerprintSHA256)
    }
}
