import CCrypto

/// Private keys in files: PKCS #8, not encrypted, in PEM (RFC 7468, section 10), of mode 0600.
extension PrivateKey {
    private static let longestFile = 32 << 10

    /// Loads a key without its bytes ever leaving secure memory. Encrypted keys are refused, not asked a password for.
    package convenience init(pemFile path: String) throws(CryptographyError) {
        try self.init(pem: try SecretBytes(contentsOfFile: path, maximumByteCount: Self.longestFile))
    }

    /// Reads the first private key of a PEM text.
    package convenience init(pem: consuming SecretBytes) throws(CryptographyError) {
        let pointer: OpaquePointer? = pem.withUnsafeBytes { pem in
            guard let bio = BIO_new_mem_buf(pem.baseAddress, Int32(clamping: pem.count)) else { return nil }
            defer { BIO_free_all(bio) }
            // The default callback would ask on the terminal.
            return PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
        }
        try self.init(EVPKey(owning: try check(pointer, .invalidKey, "PEM_read_bio_PrivateKey")))
    }

    /// Writes the key to a new file, durably: after the call it is either there in full or not at all.
    ///
    /// - Parameter replacing: whether a file of that name may be replaced; otherwise it is `fileExists`.
    package func write(toPEMFile path: String, replacing: Bool = false) throws(CryptographyError) {
        let pem = try pkcs8PEM()
        try pem.write(toFile: path, replacing: replacing)
    }

    private func pkcs8PEM() throws(CryptographyError) -> SecretBytes {
        SecureHeap.initialize()
        let bio = try check(BIO_new(BIO_s_secmem()), .operationFailed, "BIO_new(BIO_s_secmem)")
        defer { BIO_free_all(bio) }
        try check(
            withUnsafeEVPKey { PEM_write_bio_PKCS8PrivateKey(bio, $0, nil, nil, 0, nil, nil) },
            .operationFailed,
            "PEM_write_bio_PKCS8PrivateKey"
        )
        var start: UnsafeMutablePointer<CChar>?
        let length = CCrypto_BIO_get_mem_data(bio, &start)
        return try SecretBytes(copying: UnsafeRawBufferPointer(start: start, count: length))
    }
}
