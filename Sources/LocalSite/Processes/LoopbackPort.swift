import Foundation
import Glibc

/// TCP ports of 127.0.0.1.
package enum LoopbackPort {
    /// A port that is free at this moment, and that the system gives to no client's connection: one of those could be
    /// taken between this question and its use.
    package static func free() throws(LocalSiteError) -> UInt16 {
        for _ in 0..<1_000 {
            let port = UInt16.random(in: neverAClients)
            if isFree(port) { return port }
        }
        throw LocalSiteError(.portInUse, "no free port on 127.0.0.1 among \(neverAClients)")
    }

    /// The larger part of what is left beside `ip_local_port_range` (ip(7)); of all ports, where that leaves little.
    static func neverAClients(beside range: String) -> ClosedRange<UInt16> {
        let lowest: UInt16 = 10_000
        let bounds = range.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1] else { return lowest...UInt16.max }
        let below = bounds[0] > lowest ? lowest...(bounds[0] - 1) : nil
        let above = bounds[1] < .max ? max(lowest, bounds[1] + 1)...UInt16.max : nil
        let larger = [below, above].compactMap(\.self).max { $0.count < $1.count }
        guard let larger, larger.count >= 1_000 else { return lowest...UInt16.max }
        return larger
    }

    private static let neverAClients = neverAClients(
        beside: (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)) ?? ""
    )

    /// Whether a server could listen on the port now.
    package static func isFree(_ port: UInt16) -> Bool {
        bound(to: port) != nil
    }

    /// Whether someone takes connections on the port.
    package static func accepts(_ port: UInt16) -> Bool {
        withSocket { descriptor in
            withAddress(port) { address, length in connect(descriptor, address, length) == 0 }
        } ?? false
    }

    private static func bound(to port: UInt16) -> UInt16? {
        withSocket { descriptor -> UInt16? in
            // As servers do: connections that are closed and waiting do not count.
            var yes: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            guard withAddress(port, { address, length in bind(descriptor, address, length) == 0 }) else { return nil }
            guard listen(descriptor, 1) == 0 else { return nil }
            var address = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isKnown = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
            }
            return isKnown ? UInt16(bigEndian: address.sin_port) : nil
        } ?? nil
    }

    private static func withSocket<R>(_ body: (Int32) -> R) -> R? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return body(descriptor)
    }

    private static func withAddress<R>(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                body(generic, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
