/// Group `broker`: the RabbitMQ cluster that jobs and replies go through.
package struct BrokerSettings: ConfigurationSettings, Equatable {
    /// Files in PEM form. A certificate of our own is optional; it comes with its key.
    package struct TLS: Sendable, Equatable {
        package var authorityFile: String
        package var certificateFile: String?
        package var keyFile: String?

        package init(authorityFile: String, certificateFile: String? = nil, keyFile: String? = nil) {
            self.authorityFile = authorityFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// The brokers of one cluster, tried in turn.
    package var addresses: [NetworkAddress]
    package var virtualHost: String
    /// Two lines: user, password. Mode 0600.
    package var credentialsFile: String
    /// nil: the connection is not encrypted. What travels is sealed in either case; TLS adds that the broker is the right
    /// one and that the password is not seen.
    package var tls: TLS?

    package init(
        addresses: [NetworkAddress],
        virtualHost: String = "/",
        credentialsFile: String,
        tls: TLS? = nil
    ) {
        self.addresses = addresses
        self.virtualHost = virtualHost
        self.credentialsFile = credentialsFile
        self.tls = tls
    }

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        addresses = []
        for text in try reader.textList("addresses") {
            guard let address = NetworkAddress(text) else {
                throw reader.refusal("addresses", "\(text) is not host:port, as in broker.example.com:5672")
            }
            addresses.append(address)
        }
        virtualHost = try reader.text("virtualHost", default: "/")
        credentialsFile = try reader.path("credentialsFile")
        tls = reader.has("tls") ? try TLS(from: reader.group("tls")) : nil
    }
}

extension BrokerSettings.TLS {
    init(from reader: ConfigurationReader) throws(ConfigurationError) {
        authorityFile = try reader.path("authorityFile")
        certificateFile = try reader.optionalPath("certificateFile")
        keyFile = try reader.optionalPath("keyFile")
        guard (certificateFile == nil) == (keyFile == nil) else {
            throw reader.refusal("certificateFile", "and keyFile are given together or not at all")
        }
    }
}
