import CCrypto

/// The two encodings of a P-256 signature: r ‖ s of 64 bytes (PKCS #11 v2.40, section 2.3.1; JWS ES256) and the DER
/// SEQUENCE of certificates and of libcrypto (RFC 3279, section 2.2.3).
package enum ECDSASignature {
    private static let coordinateByteCount = 32

    package static func der(fromRaw raw: [UInt8]) throws(CryptographyError) -> [UInt8] {
        guard raw.count == 2 * coordinateByteCount else {
            throw CryptographyError(code: .invalidSignature, operation: "ECDSASignature.der")
        }
        var writer = DERWriter()
        writer.sequence { sequence in
            sequence.unsignedInteger(raw.prefix(coordinateByteCount))
            sequence.unsignedInteger(raw.suffix(coordinateByteCount))
        }
        return writer.bytes
    }

    package static func raw(fromDER der: [UInt8]) throws(CryptographyError) -> [UInt8] {
        var outer = DERReader(der)
        var sequence = DERReader(try outer.read(.sequence))
        let r = try sequence.readUnsignedInteger()
        let s = try sequence.readUnsignedInteger()
        try sequence.finish()
        try outer.finish()
        guard r.count <= coordinateByteCount, s.count <= coordinateByteCount else {
            throw CryptographyError(code: .invalidSignature, operation: "ECDSASignature.raw")
        }
        return [r, s].flatMap { [UInt8](repeating: 0, count: coordinateByteCount - $0.count) + $0 }
    }
}
