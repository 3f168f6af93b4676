/// `gateway.yaml`.
package struct GatewaySettings: ServiceSettings, Equatable {
    package struct Limits: Sendable, Equatable {
        /// Connections at once; the next one takes the place of one that was not admitted, or is closed at once.
        package var connections: Int
        /// The longest request message.
        package var messageBytes: Int
        /// From accept to the end of the handshake.
        package var handshake: Duration
        /// Without a request, before the connection is closed.
        package var idle: Duration
        /// From a request's first byte to its last.
        package var read: Duration
        /// Jobs sent and not answered; the next request is answered "server busy".
        package var jobsInFlight: Int
        /// How long a client is kept waiting for a job.
        package var job: Duration
    }

    package struct Policy: Sendable, Equatable {
        /// What becomes of a user name and password in a request. The client's identity is its certificate either way.
        package enum RequestCredentials: String, CaseIterable, Sendable {
            /// Read, checked for form, and not used: vCenter sends one with some of its messages only.
            case ignore
            /// A request that has one is refused.
            case refuse
        }

        package var allowsTripleDES: Bool
        package var requestCredentials: RequestCredentials
    }

    package static let monitoringPort: UInt16 = 9701

    package var process: ProcessSettings
    package var monitoring: MonitoringSettings
    /// The partition whose workers do this gateway's jobs.
    package var partition: String
    package var listen: NetworkAddress
    /// Where clients reach it, for operators to be told; nil where that is not configured.
    package var endpoint: NetworkAddress?
    package var tls: ServerTLSSettings
    package var limits: Limits
    package var policy: Policy
    package var broker: BrokerSettings
    package var identity: IdentitySettings

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        process = try ProcessSettings(from: reader)
        monitoring = try MonitoringSettings(from: reader.group("monitoring"), defaultPort: Self.monitoringPort)
        partition = try reader.partition("partition")
        listen = try NetworkAddress(from: reader.group("listen"), defaultHost: "0.0.0.0", defaultPort: 5696)
        endpoint = try Self.endpoint(reader.group("endpoint"), listening: listen)
        tls = try ServerTLSSettings(from: reader.group("tls"))
        limits = try Limits(from: reader.group("limits"))
        policy = try Policy(from: reader.group("policy"))
        broker = try BrokerSettings(from: reader.group("broker"))
        identity = try IdentitySettings(from: reader.group("identity"))
        try checkMemory(reader.group("memory"))
    }
}

extension GatewaySettings {
    /// A client has a share of the memory for keys. It must hold the longest request while it comes in, or that and its
    /// answer: a quarter of the memory stays free, and a share is two thirds of the rest at most.
    private func checkMemory(_ reader: ConfigurationReader) throws(ConfigurationError) {
        let least = 4 * max(limits.messageBytes, 32 << 10)
        guard process.memory.secretBytes >= least else {
            throw reader.refusal(
                "secretBytes",
                "\(process.memory.secretBytes) is too small for limits.messageBytes: it takes four times as much"
                    + " (\(least) at least)"
            )
        }
    }

    private static func endpoint(
        _ reader: ConfigurationReader,
        listening: NetworkAddress
    ) throws(ConfigurationError) -> NetworkAddress? {
        let port = try reader.port("port", default: listening.port)
        guard let host = try reader.optionalText("host") else { return nil }
        guard !host.contains(where: \.isWhitespace) else { throw reader.refusal("host", "\(host) is not a host") }
        return NetworkAddress(host: host, port: port)
    }
}

extension GatewaySettings.Limits {
    init(from reader: ConfigurationReader) throws(ConfigurationError) {
        connections = try reader.integer("connections", in: 1...100_000, default: 2048)
        messageBytes = try reader.integer("messageBytes", in: 1024...(16 << 20), default: 1 << 20)
        handshake = try reader.seconds("handshakeSeconds", in: 1...120, default: 10)
        idle = try reader.seconds("idleSeconds", in: 1...86_400, default: 600)
        read = try reader.seconds("readSeconds", in: 1...600, default: 30)
        jobsInFlight = try reader.integer("jobsInFlight", in: 1...100_000, default: 512)
        job = try reader.seconds("jobSeconds", in: 1...60, default: 10)
    }
}

extension GatewaySettings.Policy {
    init(from reader: ConfigurationReader) throws(ConfigurationError) {
        allowsTripleDES = try reader.flag("allowTripleDES", default: false)
        requestCredentials = try reader.choice("requestCredentials", default: .ignore)
    }
}
