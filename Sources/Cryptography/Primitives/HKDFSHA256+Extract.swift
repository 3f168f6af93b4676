extension HKDFSHA256 {
    /// The first half of HKDF (RFC 5869, section 2.2): a uniformly random key of 32 bytes from a secret that is not, such
    /// as that of a key agreement.
    ///
    /// - Parameter salt: need not be secret; not empty.
    package static func extract(
        salt: [UInt8],
        secret: borrowing SecretBytes
    ) throws(CryptographyError) -> SecretBytes {
        try HMACSHA256.secretAuthenticationCode(for: secret, key: salt)
    }
}
