import CCrypto

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    package static let byteCount = 32

    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }

    package static func hash(_ secret: borrowing SecretBytes) -> [UInt8] {
        secret.withUnsafeBytes { hash($0) }
    }

    package static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        guard EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else {
            // Not a matter of the input: the installation's openssl.cnf loads no provider that has SHA-256.
            preconditionFailure("libcrypto has no SHA-256: \(drainErrorQueue())")
        }
        return digest
    }
}

/// SHA-256 over pieces that arrive one after another.
package struct IncrementalSHA256: ~Copyable {
    private let context: OpaquePointer

    package init() throws(CryptographyError) {
        let context = try check(EVP_MD_CTX_new(), .operationFailed, "EVP_MD_CTX_new")
        guard EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            EVP_MD_CTX_free(context)
            throw CryptographyError(code: .operationFailed, operation: "EVP_DigestInit_ex", cause: drainErrorQueue())
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(CryptographyError) {
        try check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count), .operationFailed, "EVP_DigestUpdate")
    }

    package mutating func update(_ bytes: [UInt8]) throws(CryptographyError) {
        try check(EVP_DigestUpdate(context, bytes, bytes.count), .operationFailed, "EVP_DigestUpdate")
    }

    package consuming func finalize() throws(CryptographyError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
        try check(EVP_DigestFinal_ex(context, &digest, nil), .operationFailed, "EVP_DigestFinal_ex")
        return digest
    }
}
