internal import CSSL

extension TLSError {
    /// The error that libssl's queue of this thread holds, as a code. Empties the queue.
    ///
    /// - Parameter fallback: the code where the queue is empty or its reason has no code of its own.
    static func fromLibrary(fallback: Code) -> TLSError {
        let packed = ERR_peek_error()
        ERR_clear_error()
        guard packed != 0 else { return TLSError(fallback) }
        let detail = ERR_reason_error_string(packed).map { String(cString: $0) } ?? "reason \(packed)"
        guard ERR_GET_LIB(packed) == ERR_LIB_SSL else { return TLSError(fallback, detail: detail) }
        return TLSError(code(ofReason: ERR_GET_REASON(packed)) ?? fallback, detail: detail)
    }

    /// A reason of libssl as a code. A reason from `SSL_AD_REASON_OFFSET` on is an alert that the peer sent.
    private static func code(ofReason reason: CInt) -> Code? {
        switch reason {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST, SSL_R_BAD_PACKET_LENGTH,
            SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_RECORD_TOO_SMALL:
            .notTLS
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_UNKNOWN_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH,
            SSL_R_NO_PROTOCOLS_AVAILABLE:
            .protocolVersion
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
            SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SHARED_GROUPS, SSL_R_NO_CIPHERS_AVAILABLE:
            .noCommonCipher
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .noPeerCertificate
        case SSL_R_CERTIFICATE_VERIFY_FAILED: .peerCertificateRefused
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: .truncated
        case SSL_R_CA_KEY_TOO_SMALL, SSL_R_CA_MD_TOO_WEAK, SSL_R_EE_KEY_TOO_SMALL: .identityRefused
        case SSL_AD_REASON_OFFSET...(SSL_AD_REASON_OFFSET + 255):
            .alertReceived(UInt8(reason - SSL_AD_REASON_OFFSET))
        default: nil
        }
    }
}
