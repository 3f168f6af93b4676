/// What went wrong in this module: a code to switch on, the operation that failed, and a cause for the log.
///
/// Neither text holds bytes that were processed, nor a path: OpenSSL's own "data" strings are left out, for
/// they may quote input. Equality compares the code only, so that tests match on it.
package struct CryptographyError: Error, Sendable, Equatable, CustomStringConvertible {
    package let code: Code
    /// The function that failed, as its library names it, or the name of our own check.
    package let operation: String
    /// The reasons OpenSSL or the system gave; empty for our own checks.
    package let cause: String

    package init(code: Code, operation: String, cause: String = "") {
        self.code = code
        self.operation = operation
        self.cause = cause
    }

    package var description: String {
        cause.isEmpty ? "\(code.rawValue) (\(operation))" : "\(code.rawValue) (\(operation): \(cause))"
    }

    package static func == (left: CryptographyError, right: CryptographyError) -> Bool {
        left.code == right.code
    }
}

extension CryptographyError {
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The secure heap could not be made, so no secret can be held.
        case secureHeapUnavailable
        /// The secure heap has no room for this many bytes. Nothing falls back to the ordinary heap.
        case secureHeapExhausted
        case randomUnavailable
        /// A key, nonce, blob or request has a length that the algorithm does not have.
        case invalidLength
        /// A tag, an unwrapped key's integrity check or a padding is not right: altered data or the wrong key.
        case authenticationFailed
        /// libcrypto refused an operation that should succeed.
        case operationFailed

        case invalidKey
        /// A well-formed key of a kind or size that is not used here.
        case unsupportedKey
        case invalidSignature

        case fileUnreadable
        case fileNotRegular
        /// The file may be read or written by users that should not be able to.
        case filePermissionsTooOpen
        case fileTooLarge
        case fileExists
        case fileNotWritten

        case notPEM
        /// The text holds a private key; where a certificate is expected it must go no further.
        case privateKeyInsteadOfCertificate
        case moreThanOneCertificate
        case trailingData
        case invalidDER
        case invalidCertificate
        case invalidCertificateRequest
        /// A certificate is asked for that can't be issued: a name, an address or dates that are not valid.
        case invalidTemplate

        case certificateExpired
        case certificateNotYetValid
        case untrustedIssuer
        case issuerNotAuthority
        case authorityInsteadOfLeaf
        case unknownCriticalExtension
        /// The key or the signature's digest is too weak.
        case weakCertificate
    }
}
