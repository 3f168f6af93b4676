import Foundation

/// Where a broker listens, as `amqp://host:port/vhost` or `amqps://host:port/vhost`.
///
/// The port defaults to 5672 (5671 with TLS) and the virtual host to `/`. A user name or password in the URL is refused:
/// URLs end up in logs, process lists and shell histories.
package struct AMQPEndpoint: Sendable, Hashable, CustomStringConvertible {
    package let host: String
    package let port: UInt16
    package let virtualHost: String
    package let usesTLS: Bool

    package init(host: String, port: UInt16, virtualHost: String = "/", usesTLS: Bool = false) {
        self.host = host
        self.port = port
        self.virtualHost = virtualHost
        self.usesTLS = usesTLS
    }

    /// - Throws: `invalidConfiguration`; its description does not repeat the URL, which may hold a password.
    package init(url: String) throws(AMQPClientError) {
        func refused(_ reason: String) -> AMQPClientError {
            AMQPClientError(.invalidConfiguration, operation: "broker URL", detail: reason)
        }
        guard let parts = URLComponents(string: url) else { throw refused("not a URL") }
        guard parts.user == nil, parts.password == nil else {
            throw refused("credentials belong in the credentials file, not in the URL")
        }
        switch parts.scheme {
        case "amqp": usesTLS = false
        case "amqps": usesTLS = true
        default: throw refused("the scheme must be amqp or amqps")
        }
        guard parts.query == nil, parts.fragment == nil else { throw refused("no query or fragment is known") }
        guard var host = parts.host, !host.isEmpty else { throw refused("the host is missing") }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.host = host
        guard let port = UInt16(exactly: parts.port ?? (usesTLS ? 5671 : 5672)), port > 0 else {
            throw refused("the port is out of range")
        }
        self.port = port
        let path = parts.path
        virtualHost = path.count <= 1 ? "/" : String(path.dropFirst())
    }

    /// Safe to log.
    package var description: String {
        let authority = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        return "\(usesTLS ? "amqps" : "amqp")://\(authority)\(virtualHost == "/" ? "" : "/" + virtualHost)"
    }
}
