package import Cryptography

/// What one side proves itself with: its certificate, those that link it to its authority, and the private key.
package struct TLSIdentity: Sendable {
    package let certificate: Certificate
    /// Sent after the certificate, in order, without the root.
    package let intermediates: [Certificate]
    package let privateKey: PrivateKey

    package init(certificate: Certificate, intermediates: [Certificate] = [], privateKey: PrivateKey) {
        self.certificate = certificate
        self.intermediates = intermediates
        self.privateKey = privateKey
    }
}

/// Which cipher suites a side offers for TLS 1.2. Those of TLS 1.3 are always the library's own: all of them are sound.
package enum TLSCipherPolicy: Sendable {
    /// Forward secrecy and authenticated encryption only.
    case modern
    /// As `modern`, and after it what KMIP clients may be limited to: CBC with SHA-2, and RSA key exchange, among them
    /// TLS_RSA_WITH_AES_128_CBC_SHA256 and TLS_RSA_WITH_AES_256_CBC_SHA256 (KMIP Profiles 1.4, 3.2.1 and 3.2.2).
    case kmip

    /// OpenSSL's names, in order of preference.
    var cipherList: String {
        switch self {
        case .modern: Self.modernSuites.joined(separator: ":")
        case .kmip: (Self.modernSuites + Self.kmipSuites).joined(separator: ":")
        }
    }

    private static let modernSuites = [
        "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ]

    private static let kmipSuites = [
        "ECDHE-ECDSA-AES256-SHA384", "ECDHE-RSA-AES256-SHA384",
        "ECDHE-ECDSA-AES128-SHA256", "ECDHE-RSA-AES128-SHA256",
        "AES256-GCM-SHA384", "AES128-GCM-SHA256",
        "AES256-SHA256", "AES128-SHA256",
    ]
}

/// What a server asks of its clients' certificates.
package enum ClientCertificatePolicy: Sendable {
    /// A certificate is asked for and none is needed. Any is taken: whoever issued it, whatever its dates and its
    /// extended key usage. The handshake proves that the client has the private key, and nothing more; who the client
    /// is, and whether it is registered and in date, the caller decides by the fingerprint after the handshake.
    case requested
    /// A certificate is demanded that chains to one of these authorities, is in date and allows client authentication;
    /// without it the handshake fails.
    case required(issuedBy: [Certificate])
}

package struct TLSServerConfiguration: Sendable {
    package var identity: TLSIdentity
    package var clientCertificates: ClientCertificatePolicy
    package var ciphers: TLSCipherPolicy
    /// How long a session can be resumed. A resumed session has the client certificate of the first one.
    package var sessionLifetimeSeconds: Int
    /// How many sessions are kept; the oldest go first. One takes some kilobytes.
    package var sessionCacheCount: Int

    package init(
        identity: TLSIdentity,
        clientCertificates: ClientCertificatePolicy,
        ciphers: TLSCipherPolicy,
        sessionLifetimeSeconds: Int = 3600,
        sessionCacheCount: Int = 4096
    ) {
        self.identity = identity
        self.clientCertificates = clientCertificates
        self.ciphers = ciphers
        self.sessionLifetimeSeconds = sessionLifetimeSeconds
        self.sessionCacheCount = sessionCacheCount
    }
}

/// How a client knows its server.
package enum TLSServerTrust: Sendable {
    /// By the SHA-256 fingerprint of its certificate, and by nothing else. The error of a mismatch gives the fingerprint
    /// that was found.
    case pinned(fingerprintSHA256: [UInt8])
    /// By one of these authorities. With `serverName`, a DNS name or an IP address, the certificate must be for it.
    case authorities([Certificate], serverName: String?)
}

package struct TLSClientConfiguration: Sendable {
    /// nil: no certificate is presented.
    package var identity: TLSIdentity?
    package var trust: TLSServerTrust
    package var ciphers: TLSCipherPolicy
    /// Sent as Server Name Indication unless nil. An address must not be sent (RFC 6066, 3).
    package var serverNameIndication: String?

    package init(
        identity: TLSIdentity?,
        trust: TLSServerTrust,
        ciphers: TLSCipherPolicy = .kmip,
        serverNameIndication: String? = nil
    ) {
        self.identity = identity
        self.trust = trust
        self.ciphers = ciphers
        self.serverNameIndication = serverNameIndication
    }
}
