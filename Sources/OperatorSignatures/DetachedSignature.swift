package import Cryptography

/// An operator's signature over bytes that are somewhere else: a detached JWS (RFC 7515, appendix F) by ES256, whose header
/// names the operator's certificate by its SHA-256 (`x5t#S256`).
///
/// It says who signed what. Whether that certificate confers anything is for the verifier's records to say.
package struct DetachedSignature: Sendable, Hashable {
    private static let thumbprintMember = "x5t#S256"

    /// SHA-256 of the certificate's DER, not yet verified.
    package let certificateFingerprint: [UInt8]
    private let signature: CompactSignature

    /// The compact form: header, two dots, signature.
    package var text: String { signature.text }

    package init(parsing text: String) throws(OperatorSignatureError) {
        signature = try CompactSignature(parsing: text)
        guard let member = signature.header[Self.thumbprintMember], let fingerprint = Base64URL.decode(member),
            fingerprint.count == SHA256.byteCount
        else { throw OperatorSignatureError(.malformed, Self.thumbprintMember) }
        certificateFingerprint = fingerprint
    }

    /// Signs `payload` with an operator's key, which must be P-256 and the certificate's.
    package init(
        over payload: [UInt8],
        key: PrivateKey,
        certificate: Certificate
    ) throws(OperatorSignatureError) {
        guard certificate.publicKey == key.publicKey else { throw OperatorSignatureError(.unusableKey) }
        certificateFingerprint = certificate.fingerprintSHA256
        signature = try CompactSignature(
            over: payload,
            header: ["alg": "ES256", Self.thumbprintMember: Base64URL.encode(certificateFingerprint)],
            key: key
        )
    }

    /// - Throws: `wrongCertificate` where the header names another, `notValid` where the signature is not its key's over
    ///   exactly these bytes. Dates and issuer of the certificate are not looked at.
    package func verify(_ payload: [UInt8], by certificate: Certificate) throws(OperatorSignatureError) {
        guard certificateFingerprint == certificate.fingerprintSHA256 else {
            throw OperatorSignatureError(.wrongCertificate)
        }
        guard signature.verifies(payload, by: certificate.publicKey) else { throw OperatorSignatureError(.notValid) }
    }
}
