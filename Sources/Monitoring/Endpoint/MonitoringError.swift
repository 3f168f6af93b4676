internal import Glibc
internal import NIOCore

/// Why the monitoring endpoint could not begin.
package struct MonitoringError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case addressInUse
        case addressNotAvailable
        case permissionDenied
        case cannotListen
    }

    package let code: Code
    /// One line that says where and why.
    package let description: String

    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code
    }

    init(listeningAt host: String, port: Int, failedWith error: any Error) {
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let reason: String
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: (code, reason) = (.addressInUse, "the port is in use")
        case EADDRNOTAVAIL: (code, reason) = (.addressNotAvailable, "this machine does not have that address")
        case EACCES, EPERM: (code, reason) = (.permissionDenied, "not permitted (ports below 1024 need a privilege)")
        default: (code, reason) = (.cannotListen, "\(error)")
        }
        description = "cannot listen for monitoring at \(place): \(reason); set monitoring.host and monitoring.port"
    }
}
