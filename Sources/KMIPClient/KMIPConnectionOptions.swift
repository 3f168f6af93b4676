package import NIOCore

/// Where a KMIP server is, and how long to wait for it.
package struct KMIPConnectionOptions: Sendable {
    package var host: String
    package var port: Int
    /// For the TCP connection.
    package var connectTimeout: TimeAmount = .seconds(10)
    /// For the TLS handshake.
    package var handshakeTimeout: TimeAmount = .seconds(10)
    /// From a request to its response.
    package var responseTimeout: TimeAmount = .seconds(60)
    package var maximumResponseByteCount = 1 << 24

    package init(host: String, port: Int = 5696) {
        self.host = host
        self.port = port
    }
}
