import CCrypto

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D): 32-byte key, 12-byte nonce, 16-byte tag at the end.
///
/// A nonce must never be used twice under one key.
package enum AES256GCM {
    package static let keyByteCount = 32
    package static let nonceByteCount = 12
    package static let tagByteCount = 16

    /// Returns ciphertext ‖ tag.
    package static func seal(
        _ plaintext: UnsafeRawBufferPointer,
        key: borrowing SecretBytes,
        nonce: [UInt8],
        associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let context = try makeContext(key: key, nonce: nonce, associatedData: associatedData, encrypting: true)
        defer { EVP_CIPHER_CTX_free(context) }
        guard plaintext.count <= Int32.max - Int32(tagByteCount) else {
            throw CryptographyError(code: .invalidLength, operation: "AES256GCM.seal")
        }
        var sealed = [UInt8](repeating: 0, count: plaintext.count + tagByteCount)
        let result = sealed.withUnsafeMutableBytes { output in
            let tag = UnsafeMutableRawBufferPointer(rebasing: output[plaintext.count...])
            guard finish(context, plaintext, into: output) else { return Int32(0) }
            return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount), tag.baseAddress)
        }
        try check(result, .operationFailed, "EVP_CipherFinal_ex(AES-256-GCM)")
        return sealed
    }

    package static func seal(
        _ plaintext: [UInt8],
        key: borrowing SecretBytes,
        nonce: [UInt8],
        associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try plaintext.withUnsafeBufferPointer { bytes throws(CryptographyError) in
            try seal(UnsafeRawBufferPointer(bytes), key: key, nonce: nonce, associatedData: associatedData)
        }
    }

    package static func seal(
        _ plaintext: borrowing SecretBytes,
        key: borrowing SecretBytes,
        nonce: [UInt8],
        associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        try plaintext.withUnsafeBytes { bytes throws(CryptographyError) in
            try seal(bytes, key: key, nonce: nonce, associatedData: associatedData)
        }
    }

    /// Opens ciphertext ‖ tag that holds nothing secret. Fails with `authenticationFailed` if a bit is different.
    package static func open(
        _ sealed: [UInt8],
        key: borrowing SecretBytes,
        nonce: [UInt8],
        associatedData: [UInt8]
    ) throws(CryptographyError) -> [UInt8] {
        let context = try makeContext(key: key, nonce: nonce, associatedData: associatedData, encrypting: false)
        defer { EVP_CIPHER_CTX_free(context) }
        var plaintext = [UInt8](repeating: 0, count: try plaintextCount(of: sealed))
        let opened = plaintext.withUnsafeMutableBytes { output in
            let opened = open(sealed, with: context, into: output)
            // What was decrypted without being authentic is nobody's to read.
            if !opened { OPENSSL_cleanse(output.baseAddress, output.count) }
            return opened
        }
        try check(opened, .authenticationFailed, "EVP_CipherFinal_ex(AES-256-GCM)")
        return plaintext
    }

    /// Opens ciphertext ‖ tag into secure memory.
    package static func openSecret(
        _ sealed: [UInt8],
        key: borrowing SecretBytes,
        nonce: [UInt8],
        associatedData: [UInt8]
    ) throws(CryptographyError) -> SecretBytes {
        let context = try makeContext(key: key, nonce: nonce, associatedData: associatedData, encrypting: false)
        defer { EVP_CIPHER_CTX_free(context) }
        var plaintext = try SecretBytes(count: try plaintextCount(of: sealed))
        let opened = plaintext.withUnsafeMutableBytes { open(sealed, with: context, into: $0) }
        try check(opened, .authenticationFailed, "EVP_CipherFinal_ex(AES-256-GCM)")
        return plaintext
    }

    private static func plaintextCount(of sealed: [UInt8]) throws(CryptographyError) -> Int {
        guard sealed.count >= tagByteCount, sealed.count <= Int32.max else {
            throw CryptographyError(code: .invalidLength, operation: "AES256GCM.open")
        }
        return sealed.count - tagByteCount
    }

    private static func makeContext(
        key: borrowing SecretBytes,
        nonce: [UInt8],
        associatedData: [UInt8],
        encrypting: Bool
    ) throws(CryptographyError) -> OpaquePointer {
        guard key.count == keyByteCount, nonce.count == nonceByteCount, associatedData.count <= Int32.max else {
            throw CryptographyError(code: .invalidLength, operation: "AES256GCM")
        }
        let context = try check(EVP_CIPHER_CTX_new(), .operationFailed, "EVP_CIPHER_CTX_new")
        let result = key.withUnsafeBytes { key in
            let bytes = key.assumingMemoryBound(to: UInt8.self).baseAddress
            // The nonce's default length is the 12 bytes that were checked above.
            let keyed = EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, bytes, nonce, encrypting ? 1 : 0)
            guard keyed == 1, !associatedData.isEmpty else { return keyed }
            var length: Int32 = 0
            return EVP_CipherUpdate(context, nil, &length, associatedData, Int32(clamping: associatedData.count))
        }
        guard result == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw CryptographyError(
                code: .operationFailed,
                operation: "EVP_CipherInit_ex(AES-256-GCM)",
                cause: drainErrorQueue()
            )
        }
        return context
    }

    private static func open(
        _ sealed: [UInt8],
        with context: OpaquePointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        var tag = Array(sealed.suffix(tagByteCount))
        guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagByteCount), &tag) == 1 else { return false }
        return sealed.withUnsafeBytes { sealed in
            let ciphertext = UnsafeRawBufferPointer(rebasing: sealed.dropLast(tagByteCount))
            return finish(context, ciphertext, into: output)
        }
    }

    /// Runs the whole input through the cipher. `output` holds at least as many bytes.
    private static func finish(
        _ context: OpaquePointer,
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let source = input.assumingMemoryBound(to: UInt8.self).baseAddress
        let target = output.assumingMemoryBound(to: UInt8.self).baseAddress
        var length: Int32 = 0
        // A null input would be taken for the end of the message.
        if !input.isEmpty {
            guard EVP_CipherUpdate(context, target, &length, source, Int32(clamping: input.count)) == 1 else {
                return false
            }
        }
        // GCM writes nothing here, but wants a place to write it to.
        var rest = [UInt8](repeating: 0, count: 16)
        var restLength: Int32 = 0
        return EVP_CipherFinal_ex(context, &rest, &restLength) == 1 && Int(length) == input.count
    }
}
