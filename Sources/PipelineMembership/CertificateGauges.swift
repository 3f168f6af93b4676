package import Cryptography
import Foundation
import Metrics

/// How long the certificates of a process are still good for, as numbers.
package struct CertificateGauges: Sendable {
    private let certificates: [(gauge: Gauge, notAfter: Int64)]

    /// - Parameter certificates: by what they are for, one word each.
    package init(_ certificates: [String: Certificate]) {
        self.certificates = certificates.map { purpose, certificate in
            let gauge = Gauge(label: "keyferry_certificate_days_left", dimensions: [("certificate", purpose)])
            return (gauge, certificate.notAfter)
        }
    }

    /// Brings them up to date, for a scrape.
    package func measure() {
        let now = Date().timeIntervalSince1970
        for (gauge, notAfter) in certificates {
            gauge.record((Double(notAfter) - now) / 86_400)
        }
    }
}
