import Foundation

/// The rule for tests that need a service: they are skipped where it is not installed, unless
/// `KEYFERRY_REQUIRE_SERVICES=1` says that everything must run. Then they run, and fail for want of the service.
///
/// ```swift
/// @Suite(.enabled(if: ServiceRequirement.rabbitMQ.isMet))
/// ```
package enum ServiceRequirement: Sendable {
    case rabbitMQ
    case softHSM
    /// The `openssl` command.
    case openSSL

    package var isMet: Bool { Self.areAllRequired || isInstalled }

    package static var areAllRequired: Bool {
        ProcessInfo.processInfo.environment["KEYFERRY_REQUIRE_SERVICES"] == "1"
    }

    private var isInstalled: Bool {
        switch self {
        case .rabbitMQ: Self.isExecutable(RabbitMQNode.serverPath) && Self.isExecutable(RabbitMQNode.epmdPath)
        case .softHSM: Self.isExecutable("/usr/bin/softhsm2-util")
        case .openSSL: Self.isExecutable("/usr/bin/openssl")
        }
    }

    private static func isExecutable(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
}
