/// What an admin front's listener is told.
package struct AdminConfiguration: Hashable, Sendable {
    /// The host name or address to listen on.
    package var host: String
    package var port: Int
    /// PEM file: the server's certificate and, after it, those that link it to its authority.
    package var certificateFile: String
    /// PEM file of mode 0600: its private key.
    package var keyFile: String
    /// PEM file: the CA that operators' certificates come from. A client without one of them is not let in.
    package var operatorsAuthorityFile: String
    package var limits: Limits

    package struct Limits: Hashable, Sendable {
        /// Further connections wait until one of these ends.
        package var connectionCount: Int
        package var bodyByteCount: Int
        /// Of an order to revoke keys, which names many.
        package var revocationOrderByteCount: Int
        /// How long a connection may be without a request, or a request without its next byte.
        package var idleSeconds: Int

        package init(
            connectionCount: Int = 256,
            bodyByteCount: Int = 65_536,
            revocationOrderByteCount: Int = 262_144,
            idleSeconds: Int = 30
        ) {
            self.connectionCount = connectionCount
            self.bodyByteCount = bodyByteCount
            self.revocationOrderByteCount = revocationOrderByteCount
            self.idleSeconds = idleSeconds
        }
    }

    package init(
        host: String,
        port: Int,
        certificateFile: String,
        keyFile: String,
        operatorsAuthorityFile: String,
        limits: Limits = Limits()
    ) {
        self.host = host
        self.port = port
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.operatorsAuthorityFile = operatorsAuthorityFile
        self.limits = limits
    }
}
