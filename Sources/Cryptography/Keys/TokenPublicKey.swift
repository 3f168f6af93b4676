import CCrypto

/// Public keys from the attributes in which a PKCS #11 token hands them out. Both are put into the form of a
/// SubjectPublicKeyInfo, which libcrypto then reads and checks.
extension PublicKey {
    /// 16,384 bits, the longest RSA key libcrypto works with.
    private static let longestModulus = 2_048

    /// - Parameter modulus: CKA_MODULUS, big-endian. At least 2,048 bits.
    /// - Parameter exponent: CKA_PUBLIC_EXPONENT, big-endian.
    package convenience init(rsaModulus modulus: [UInt8], exponent: [UInt8]) throws(CryptographyError) {
        guard modulus.count <= Self.longestModulus, exponent.count <= modulus.count else {
            throw CryptographyError(code: .invalidKey, operation: "PublicKey(rsaModulus:)")
        }
        var numbers = DERWriter()
        // RSAPublicKey (RFC 8017, appendix A.1.1)
        numbers.sequence { key in
            key.unsignedInteger(modulus)
            key.unsignedInteger(exponent)
        }
        var information = DERWriter()
        information.sequence { information in
            information.sequence { algorithm in
                algorithm.objectIdentifier(ObjectIdentifier(1, 2, 840, 113_549, 1, 1, 1))
                algorithm.primitive(.null, [])
            }
            information.bitString(numbers.bytes)
        }
        try self.init(der: information.bytes)
        guard case .rsa(let bits) = algorithm, bits >= 2_048 else {
            throw CryptographyError(code: .unsupportedKey, operation: "PublicKey(rsaModulus:)")
        }
        try checkNumbers()
    }

    /// - Parameter point: the uncompressed point 04 ‖ x ‖ y of 65 bytes (SEC 1, section 2.3.3). CKA_EC_POINT holds it
    ///   inside a DER OCTET STRING, which the caller takes off.
    package convenience init(p256Point point: [UInt8]) throws(CryptographyError) {
        guard point.count == 65, point.first == 4 else {
            throw CryptographyError(code: .invalidKey, operation: "PublicKey(p256Point:)")
        }
        var information = DERWriter()
        // RFC 5480, section 2: id-ecPublicKey with the curve secp256r1
        information.sequence { information in
            information.sequence { algorithm in
                algorithm.objectIdentifier(ObjectIdentifier(1, 2, 840, 10_045, 2, 1))
                algorithm.objectIdentifier(ObjectIdentifier(1, 2, 840, 10_045, 3, 1, 7))
            }
            information.bitString(point)
        }
        try self.init(der: information.bytes)
        try checkNumbers()
    }

    /// The public key validation of SP 800-89 or SP 800-56A.
    private func checkNumbers() throws(CryptographyError) {
        let context = try key.makeContext()
        defer { EVP_PKEY_CTX_free(context) }
        try check(EVP_PKEY_public_check(context), .invalidKey, "EVP_PKEY_public_check")
    }
}
