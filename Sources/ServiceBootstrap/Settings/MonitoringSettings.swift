/// Group `monitoring`: where the process answers `/healthz`, `/readyz` and `/metrics`, by HTTP without TLS.
package struct MonitoringSettings: Sendable, Equatable {
    package var host: String
    /// 0: any that is free; the log says which.
    package var port: UInt16

    package init(host: String = "127.0.0.1", port: UInt16) {
        self.host = host
        self.port = port
    }

    package init(from reader: ConfigurationReader, defaultPort: UInt16) throws(ConfigurationError) {
        host = try reader.text("host", default: "127.0.0.1")
        guard !host.contains(where: \.isWhitespace) else { throw reader.refusal("host", "\(host) is not a host") }
        port = UInt16(try reader.integer("port", in: 0...65_535, default: Int(defaultPort)))
    }
}
