import Cryptography

/// The CAs that operators' certificates come from.
///
/// A key owner's signature alone admits nobody: who issues a certificate has seen whom it is for. Otherwise one key owner
/// could make himself a second one, and agree with himself.
struct OperatorsTrust: Sendable {
    private let authorities: [CertificateAuthorityTrust]

    /// - Throws: `CryptographyError` where one is no CA's certificate.
    init(_ authorities: [Certificate]) throws(CryptographyError) {
        var trusted: [CertificateAuthorityTrust] = []
        for authority in authorities { trusted.append(try CertificateAuthorityTrust(authority: authority)) }
        self.authorities = trusted
    }

    /// Whether one of them has issued the certificate, and it is valid.
    ///
    /// - Parameter time: seconds since 1970.
    func hasIssued(_ certificate: Certificate, at time: Int64) -> Bool {
        authorities.contains { (try? $0.verify(certificate, at: time)) != nil }
    }
}
