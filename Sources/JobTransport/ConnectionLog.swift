import AMQPClient
import Logging

/// Writes what becomes of a connection to the log, one line each.
struct ConnectionLog: Sendable {
    private let logger: Logger
    private let purpose: String

    init(logger: Logger, purpose: String) {
        self.logger = logger
        self.purpose = purpose
    }

    func write(_ event: AMQPEvent) {
        switch event {
        case .connected(let generation, let endpoint):
            logger.info(
                "connected to the broker",
                metadata: ["purpose": "\(purpose)", "broker": "\(endpoint)", "connection": "\(generation)"]
            )
        case .connectFailed(let endpoint, let error, let retryIn):
            logger.warning(
                "cannot connect to the broker",
                metadata: [
                    "purpose": "\(purpose)", "broker": "\(endpoint)", "error": "\(error)", "retry-in": "\(retryIn)",
                ]
            )
        case .lost(let generation, let error):
            logger.warning(
                "lost the connection to the broker",
                metadata: ["purpose": "\(purpose)", "connection": "\(generation)", "error": "\(error)"]
            )
        case .blocked(_, let isBlocked):
            logger.warning(
                isBlocked
                    ? "the broker is short of memory or disk and takes nothing" : "the broker takes messages again",
                metadata: ["purpose": "\(purpose)"]
            )
        case .oversizedRejected(_, let bodyBytes):
            logger.warning(
                "rejected a message above the size limit",
                metadata: ["purpose": "\(purpose)", "bytes": "\(bodyBytes)"]
            )
        case .confirmed, .refused, .returned, .delivered, .stopped:
            break
        }
    }
}
