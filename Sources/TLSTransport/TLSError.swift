/// Why a TLS connection or context could not be made or kept.
///
/// Two errors are equal if their codes are. The detail is for the log: it comes from the library's own tables, or is a
/// certificate's fingerprint, and never holds key material or what the peer sent.
package struct TLSError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Equatable, Sendable {
        /// What arrived first was not a TLS ClientHello or ServerHello.
        case notTLS
        /// The two sides have no protocol version in common.
        case protocolVersion
        /// The two sides have no cipher suite or signature algorithm in common.
        case noCommonCipher
        /// The peer ended the connection with this alert (RFC 8446, 6.2).
        case alertReceived(UInt8)
        /// The peer broke the protocol: a bad record, a bad MAC, a message out of order.
        case protocolViolation
        /// A certificate is required of the client and it sent none.
        case noPeerCertificate
        /// The peer's certificate does not chain to the trusted authority, is out of date, or has another name.
        case peerCertificateRefused
        /// The server's certificate is not the pinned one.
        case peerCertificateNotPinned
        /// libssl accepts the peer's certificate, but it cannot be read as one.
        case peerCertificateUnreadable
        /// The handshake took longer than its limit.
        case handshakeTimeout
        /// The connection was closed before the handshake was done.
        case closedDuringHandshake
        /// The connection ended without close_notify: what came last may be missing (RFC 8446, 6.1).
        case truncated
        /// There is no secure memory left for what was received.
        case secureMemoryExhausted
        /// Our own certificate, chain and private key do not fit together, or are too weak for libssl's security level.
        case identityRefused
        /// libssl refused a setting, or had no memory.
        case libraryFailure
    }

    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String = "") {
        self.code = code
        self.detail = detail
    }

    package static func == (left: TLSError, right: TLSError) -> Bool {
        left.code == right.code
    }

    package var description: String {
        detail.isEmpty ? "TLS: \(code.text)" : "TLS: \(code.text) (\(detail))"
    }
}

extension TLSError.Code {
    fileprivate var text: String {
        switch self {
        case .notTLS: "the peer does not speak TLS"
        case .protocolVersion: "no protocol version in common"
        case .noCommonCipher: "no cipher suite in common"
        case .alertReceived(let number): "the peer sent alert \(number)"
        case .protocolViolation: "the peer broke the protocol"
        case .noPeerCertificate: "the client sent no certificate"
        case .peerCertificateRefused: "the peer's certificate is not trusted"
        case .peerCertificateNotPinned: "the server's certificate is not the pinned one"
        case .peerCertificateUnreadable: "the peer's certificate cannot be read"
        case .handshakeTimeout: "the handshake took too long"
        case .closedDuringHandshake: "closed during the handshake"
        case .truncated: "the connection ended without close_notify"
        case .secureMemoryExhausted: "no secure memory left"
        case .identityRefused: "certificate and private key are not usable"
        case .libraryFailure: "libssl failed"
        }
    }
}
