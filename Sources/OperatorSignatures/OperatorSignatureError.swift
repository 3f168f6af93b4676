/// Why a signature, or what was signed, is not accepted. Equality compares the code only, so that tests match on it.
package struct OperatorSignatureError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not a detached JWS in compact form: two dots, nothing between them, base64url without padding.
        case malformed
        /// The header names another algorithm than ES256.
        case unsupportedAlgorithm
        /// The header has something beside `alg`, `typ` and `x5t#S256`: `b64` and `crit` would change what is verified.
        case unsupportedHeader
        /// The header does not name the certificate that it is to be verified by.
        case wrongCertificate
        /// The signature is not this key's, or not over these bytes.
        case notValid
        /// The key is not P-256, or not the certificate's.
        case unusableKey

        /// The bytes that were signed are no statement, or not in its one encoding.
        case statementMalformed
        /// It was signed for something else.
        case wrongPurpose
        case expired
        case notYetValid
        /// It would be valid for longer than anything may.
        case validForTooLong
    }

    package let code: Code
    /// Where, in words of this program.
    package let detail: String

    package init(_ code: Code, _ detail: String = "") {
        self.code = code
        self.detail = detail
    }

    package var description: String {
        let text =
            switch code {
            case .malformed: "the signature is no detached JWS"
            case .unsupportedAlgorithm: "the signature's algorithm is not ES256"
            case .unsupportedHeader: "the signature's header holds something that is not understood"
            case .wrongCertificate: "the signature names another certificate"
            case .notValid: "the signature does not fit"
            case .unusableKey: "the key is not a P-256 key of the certificate"
            case .statementMalformed: "what was signed is no operator's statement"
            case .wrongPurpose: "it was signed for another purpose"
            case .expired: "it has expired"
            case .notYetValid: "it is not valid yet; compare the clocks"
            case .validForTooLong: "it claims to be valid for too long"
            }
        return detail.isEmpty ? text : "\(text) (\(detail))"
    }

    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
}
