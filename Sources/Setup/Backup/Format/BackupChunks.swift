import Cryptography

/// The chunks that a backup's content is encrypted in: AES-256-GCM under a key of this backup alone, with the chunk's
/// number and whether it is the last in the nonce. Chunks that are missing, exchanged, repeated or from another backup
/// don't open. (Hoang, Reyhanitabar, Rogaway, Vizár: "Online Authenticated-Encryption", 2015, STREAM.)
enum BackupChunks {
    /// Of content; the last chunk has 1 to this many.
    static let byteCount = 64 << 10
    static let sealedByteCount = byteCount + AES256GCM.tagByteCount

    static func nonce(_ number: UInt32, isLast: Bool) -> [UInt8] {
        [UInt8](repeating: 0, count: 7) + BigEndian.bytes(number) + [isLast ? 1 : 0]
    }

    /// The key of a backup's chunks.
    ///
    /// - Parameters:
    ///   - own: the ephemeral key when writing, the recovery key when reading.
    ///   - peer: the other one's public half.
    static func key(
        _ own: PrivateKey,
        _ peer: PublicKey,
        headerDigest: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        let shared = try own.sharedSecret(with: peer)
        let random = try HKDFSHA256.extract(salt: headerDigest, secret: shared)
        return try HKDFSHA256.expand(
            key: random,
            info: Array("keyferry backup v1".utf8),
            count: AES256GCM.keyByteCount
        )
    }
}
