/// Public keys in PEM: SubjectPublicKeyInfo (RFC 7468, section 13).
extension PublicKey {
    private static let pemLabel = "PUBLIC KEY"

    package var pem: String { PEMDocument.encode(label: Self.pemLabel, der: subjectPublicKeyInfo) }

    /// The key of a text that holds one and nothing else.
    ///
    /// - Throws: `notPEM` for anything else; a private key is not taken for its public half.
    package convenience init(pem text: String) throws(CryptographyError) {
        let document = try PEMDocument(parsing: text)
        guard document.blocks.count == 1, let block = document.blocks.first, block.label == Self.pemLabel,
            !document.hasTrailingText
        else { throw CryptographyError(code: .notPEM, operation: "PublicKey(pem:)") }
        try self.init(der: block.der)
    }

    /// The uncompressed point 04 ‖ x ‖ y of a P-256 key, 65 bytes (SEC 1, section 2.3.3); nil for other keys.
    package var p256Point: [UInt8]? {
        // RFC 5480, section 2: the point is the end of the encoding; OpenSSL writes it uncompressed.
        let point = Array(subjectPublicKeyInfo.suffix(65))
        return algorithm == .p256 && point.count == 65 && point.first == 4 ? point : nil
    }
}
