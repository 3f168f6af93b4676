internal import AdminResources
internal import Cryptography
internal import FoundationEssentials
internal import KeyModel

/// A certificate as an operator sends it, checked before a worker sees it.
struct SubmittedCertificate {
    private let certificate: Certificate

    var der: [UInt8] { certificate.der }
    var fingerprint: [UInt8] { certificate.fingerprintSHA256 }

    /// - Parameter field: what the body calls it.
    /// - Throws: `privateKeySubmitted`, `certificateMalformed`, or `malformedRequest` where it is too long.
    init(pem: String, field: String = "pem") throws(APIFailure) {
        let tooLong = APIFailure.tooLong(pem, upTo: ResourceLimits.pem, field)
        do throws(CryptographyError) {
            certificate = try Certificate(pem: pem)
        } catch {
            // Whoever sends a private key must hear that it was one, however long the text is.
            if let tooLong, error.code != .privateKeyInsteadOfCertificate { throw tooLong }
            throw APIFailure(error)
        }
        if let tooLong { throw tooLong }
    }

    /// Why a worker may have refused it.
    func likelyReason(at now: Date) -> String {
        let seconds = Int64(now.timeIntervalSince1970)
        if certificate.notAfter < seconds {
            return "It expired on \(Self.text(certificate.notAfter))."
        }
        if certificate.notBefore > seconds {
            return "It is not valid before \(Self.text(certificate.notBefore))."
        }
        return "The workers do not accept it: it is out of its dates by their clock, or of a kind they do not take."
    }

    private static func text(_ seconds: Int64) -> String {
        Date(Timestamp(secondsSince1970: seconds)).formatted(.iso8601)
    }
}

extension APIFailure {
    /// Why a field is not taken that is longer than the contract allows; nil for one that is not.
    static func tooLong(_ text: String, upTo most: Int, _ field: String) -> APIFailure? {
        guard text.unicodeScalars.count > most else { return nil }
        return APIFailure(.malformedRequest, "The field '\(field)' has at most \(most) characters.")
    }

    fileprivate init(_ error: CryptographyError) {
        switch error.code {
        case .privateKeyInsteadOfCertificate:
            self.init(
                .privateKeySubmitted,
                "It was not stored and not logged, but it has left its place: consider it lost, and make a new one."
            )
        case .moreThanOneCertificate:
            self.init(
                .certificateMalformed,
                "There is more than one certificate. Send the client's own, without its chain."
            )
        case .notPEM:
            self.init(
                .certificateMalformed,
                "There is no BEGIN CERTIFICATE line with an END CERTIFICATE line behind it."
            )
        case .trailingData:
            self.init(.certificateMalformed, "There is something beside the certificate.")
        default:
            self.init(.certificateMalformed, "What stands between the lines can't be read as an X.509 certificate.")
        }
    }
}
