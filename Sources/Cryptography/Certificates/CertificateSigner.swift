/// Whoever holds a CA's or an applicant's private key: this process, or a token.
package struct CertificateSigner: Sendable {
    package let publicKey: PublicKey
    private let signature: @Sendable ([UInt8]) throws -> [UInt8]

    /// A key in this process.
    package init(_ key: PrivateKey) {
        publicKey = key.publicKey
        signature = { try key.sign($0) }
    }

    /// A key elsewhere.
    ///
    /// - Parameter signature: signs the SHA-256 of the bytes it is given, ECDSA in DER (`ECDSASignature.der(fromRaw:)`
    ///   converts a token's) or RSA PKCS #1 v1.5. What it returns is verified against the public key.
    package init(publicKey: PublicKey, signature: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
        self.publicKey = publicKey
        self.signature = signature
    }

    /// SEQUENCE { what is signed, the algorithm, the signature }, the form of certificates and of requests alike.
    func assemble(toBeSigned: [UInt8]) throws -> [UInt8] {
        let algorithm = try signatureAlgorithm()
        let signature = try signature(toBeSigned)
        guard publicKey.verify(signature: signature, of: toBeSigned) else {
            throw CryptographyError(code: .invalidSignature, operation: "CertificateSigner")
        }
        var writer = DERWriter()
        writer.sequence { certificate in
            certificate.encoded(toBeSigned)
            certificate.encoded(algorithm)
            certificate.bitString(signature)
        }
        return writer.bytes
    }

    /// AlgorithmIdentifier: ecdsa-with-SHA256 without parameters (RFC 5758, section 3.2), or sha256WithRSAEncryption
    /// with NULL (RFC 4055, section 5).
    func signatureAlgorithm() throws(CryptographyError) -> [UInt8] {
        var writer = DERWriter()
        switch publicKey.algorithm {
        case .p256:
            writer.sequence { $0.objectIdentifier(ObjectIdentifier(1, 2, 840, 10_045, 4, 3, 2)) }
        case .rsa:
            writer.sequence { algorithm in
                algorithm.objectIdentifier(ObjectIdentifier(1, 2, 840, 113_549, 1, 1, 11))
                algorithm.primitive(.null, [])
            }
        case .other:
            throw CryptographyError(code: .unsupportedKey, operation: "CertificateSigner")
        }
        return writer.bytes
    }
}
