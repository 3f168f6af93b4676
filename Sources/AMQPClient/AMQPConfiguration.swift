/// How to reach the brokers, and the limits of a connection.
package struct AMQPConfiguration: Sendable {
    /// How the client proves who it is.
    package enum Authentication: Sendable {
        /// SASL PLAIN with the user (first line) and password (second line) of this file, which other users of the
        /// machine must not be able to read. It is read at every connection, so that a changed password is picked up.
        case credentialsFile(path: String)
        /// SASL EXTERNAL: the broker takes the user's name from the TLS client certificate.
        case clientCertificate
    }

    /// Files in PEM form for `amqps`. The broker's certificate must be signed by this CA and name the endpoint's host.
    package struct TLS: Sendable {
        package var certificateAuthorityPath: String
        package var clientCertificatePath: String?
        package var clientKeyPath: String?

        package init(
            certificateAuthorityPath: String,
            clientCertificatePath: String? = nil,
            clientKeyPath: String? = nil
        ) {
            self.certificateAuthorityPath = certificateAuthorityPath
            self.clientCertificatePath = clientCertificatePath
            self.clientKeyPath = clientKeyPath
        }
    }

    /// The brokers of one cluster, tried in turn.
    package var endpoints: [AMQPEndpoint]
    package var authentication: Authentication
    /// Needed where an endpoint uses TLS.
    package var tls: TLS?
    /// Shown in the broker's list of connections.
    package var connectionName: String
    package var limits = Limits()
    package var backoff = Reconnection.Backoff()

    package init(
        endpoints: [AMQPEndpoint],
        authentication: Authentication,
        tls: TLS? = nil,
        connectionName: String
    ) {
        self.endpoints = endpoints
        self.authentication = authentication
        self.tls = tls
        self.connectionName = connectionName
    }

    package struct Limits: Sendable {
        /// Seconds between heartbeats, at most 4: a silent broker is given up after two of them.
        package var heartbeatSeconds: Int32 = 2
        /// Limit of connecting, of the login and of every synchronous method.
        package var callSeconds: Int = 4
        /// Limit of bytes sent and not acknowledged by the peer's kernel (TCP_USER_TIMEOUT). Without it a publish into
        /// the full socket of a stopped broker blocks past every heartbeat.
        package var unacknowledgedMilliseconds: Int32 = 5000
        /// Largest body sent, and the largest received: a larger delivery is rejected without reading it into memory.
        package var bodyBytes: Int = 4 << 20
        /// Publishes that may wait for the thread.
        package var outgoingMessages: Int = 4096
        /// Bytes of bodies that may wait for the thread.
        package var outgoingBytes: Int = 64 << 20

        package init() {}
    }

    func validate() throws(AMQPClientError) {
        func refused(_ reason: String) -> AMQPClientError {
            AMQPClientError(.invalidConfiguration, operation: "broker configuration", detail: reason)
        }
        guard !endpoints.isEmpty else { throw refused("no broker is given") }
        guard (1...4).contains(limits.heartbeatSeconds) else { throw refused("heartbeats are 1 to 4 s apart") }
        guard limits.callSeconds > 0, limits.unacknowledgedMilliseconds > 0, limits.bodyBytes > 0,
            limits.outgoingMessages > 0, limits.outgoingBytes > 0
        else { throw refused("limits must be positive") }
        if endpoints.contains(where: \.usesTLS), tls == nil { throw refused("amqps needs a CA file") }
        if case .clientCertificate = authentication {
            guard tls?.clientCertificatePath != nil, endpoints.allSatisfy(\.usesTLS) else {
                throw refused("authentication by certificate needs amqps and a client certificate")
            }
        }
        guard (tls?.clientCertificatePath == nil) == (tls?.clientKeyPath == nil) else {
            throw refused("a client certificate and its key are given together")
        }
    }
}
