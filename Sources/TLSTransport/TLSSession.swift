package import Cryptography

package enum TLSVersion: Sendable, CustomStringConvertible {
    case tls12
    case tls13

    package var description: String {
        switch self {
        case .tls12: "TLS 1.2"
        case .tls13: "TLS 1.3"
        }
    }
}

/// What a handshake agreed on. A TLS handler fires it as a user inbound event, once, before any plaintext.
package struct TLSSession: Sendable {
    /// The leaf certificate whose key the peer has proven to hold: now, or when the resumed session was made. nil if it
    /// presented none.
    package let peerCertificate: Certificate?
    package let version: TLSVersion
    /// OpenSSL's name of the suite.
    package let cipherSuite: String
    package let isResumed: Bool
}
