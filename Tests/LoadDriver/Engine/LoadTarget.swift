import NIOCore
import NIOPosix

/// Where load may go: to this machine's loopback, and nowhere else. A load generator aimed at someone else's server is an
/// attack, by mistake or not.
package struct LoadTarget: Sendable {
    let address: SocketAddress

    /// - Throws: `LoadError` unless the address is numeric and of loopback.
    package init(host: String = "127.0.0.1", port: Int) throws {
        guard let address = try? SocketAddress(ipAddress: host, port: port), Self.isLoopback(host) else {
            throw LoadError("\(host) is not a loopback address: load is for servers of this machine only")
        }
        self.address = address
    }

    package var port: Int { address.port ?? 0 }

    private static func isLoopback(_ host: String) -> Bool {
        host == "::1" || host.hasPrefix("127.")
    }
}

/// Why load could not be made.
package struct LoadError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
