/// A certificate that is to take another's place (`CertificateReplacement` in openapi.yaml).
package struct CertificateReplacement: Codable, Hashable, Sendable {
    /// Exactly one certificate, with its BEGIN CERTIFICATE and END CERTIFICATE lines.
    package let pem: String
    /// For so many seconds the certificate that is replaced stays valid beside the new one: at most
    /// `longestOverlap`; seven days where it is absent.
    package let overlapSeconds: Int64?

    /// 90 days.
    package static let longestOverlap: Int64 = 7_776_000

    package init(pem: String, overlapSeconds: Int64?) {
        self.pem = pem
        self.overlapSeconds = overlapSeconds
    }
}

/// A name's new certificate, and the one that had the name before (`ReplacedCertificate` in openapi.yaml).
package struct ReplacedCertificate: Codable, Hashable, Sendable {
    package let certificate: CertificateResource
    /// As it is now: under another name, with the time at which it ends; absent where it was removed at once.
    package let previous: CertificateResource?

    package init(certificate: CertificateResource, previous: CertificateResource?) {
        self.certificate = certificate
        self.previous = previous
    }
}
