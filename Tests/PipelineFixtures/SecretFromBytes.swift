package import Cryptography

extension SecretBytes {
    /// A secret that a test made up.
    package static func made(of bytes: [UInt8]) throws(CryptographyError) -> SecretBytes {
        var secret = try SecretBytes(count: bytes.count)
        secret.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
        return secret
    }
}
