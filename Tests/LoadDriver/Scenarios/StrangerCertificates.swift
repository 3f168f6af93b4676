import Cryptography
import Foundation
import Synchronization
import TLSTransport

/// Certificates that nobody has registered, no two alike, of one key: a flood is to cost its maker little.
final class StrangerCertificates: Sendable {
    private let authority: CertificateAuthority
    private let key: PrivateKey
    private let validity: CertificateValidity
    private let count = Mutex(0)

    init() throws {
        validity = .days(1, from: Int64(Date().timeIntervalSince1970))
        authority = try CertificateAuthority.create(
            commonName: "Nobody's CA",
            validity: validity,
            key: PrivateKey.generate(.p256)
        )
        key = try PrivateKey.generate(.p256)
    }

    func next() throws -> TLSIdentity {
        let number = count.withLock { count in
            count += 1
            return count
        }
        let template = CertificateTemplate(commonName: "stranger \(number)", validity: validity)
        return TLSIdentity(certificate: try authority.issue(template, to: key.publicKey), privateKey: key)
    }
}
