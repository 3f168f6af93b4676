import Glibc
import Logging
import Monitoring
import ServiceLifecycle

/// Ends the process if its services do not stop in time after SIGTERM or SIGINT.
///
/// The last of the group, for services are stopped from the last to the first: its turn is the beginning.
struct ShutdownLimit: Service {
    let limit: Duration
    let health: ProcessHealth
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        health.stop()
        logger.info("stopping")
        Task.detached { [limit, logger] in
            try await Task.sleep(for: limit)
            logger.error("not stopped in time; ending at once", metadata: ["limit": "\(limit)"])
            _exit(ServiceExitCode.failed.rawValue)
        }
    }
}
