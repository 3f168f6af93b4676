internal import Foundation
internal import NIOCore

/// Why the listener could not begin.
package struct KMIPServerError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        case addressInUse
        case addressNotAvailable
        case permissionDenied
        case cannotListen
    }

    package let code: Code
    /// One line that says where and why.
    package let description: String

    package static func == (left: KMIPServerError, right: KMIPServerError) -> Bool {
        left.code == right.code
    }

    init(listeningAt host: String, port: Int, failedWith error: any Error) {
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            code = .addressInUse
            description = "cannot listen for KMIP at \(place): the port is in use"
        case EADDRNOTAVAIL:
            code = .addressNotAvailable
            description = "cannot listen for KMIP at \(place): this machine does not have that address"
        case EACCES, EPERM:
            code = .permissionDenied
            description = "cannot listen for KMIP at \(place): not permitted (ports below 1024 need a privilege)"
        default:
            code = .cannotListen
            description = "cannot listen for KMIP at \(place): \(error)"
        }
    }
}
