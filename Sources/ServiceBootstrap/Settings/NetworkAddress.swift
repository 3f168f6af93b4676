/// A host name or address, and a port.
package struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port` and, for IPv6, `[address]:port`.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        guard let port = UInt16(text[text.index(after: colon)...]), port > 0 else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { return nil }
        self.init(host: String(host), port: port)
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension NetworkAddress {
    /// Group `listen`: keys `host` and `port`.
    package init(
        from reader: ConfigurationReader,
        defaultHost: String,
        defaultPort: UInt16
    ) throws(ConfigurationError) {
        let host = try reader.text("host", default: defaultHost)
        guard !host.contains(where: \.isWhitespace) else { throw reader.refusal("host", "\(host) is not a host") }
        self.init(host: host, port: try reader.port("port", default: defaultPort))
    }
}
