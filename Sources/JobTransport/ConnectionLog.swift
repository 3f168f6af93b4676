import AMQPClient
import Logging
import Monitoring

/// Writes what becomes of a connection to the log, one line each, and counts it. Attempts that fail again and again are
/// told once, and then once a minute.
struct ConnectionLog: Sendable {
    private let logger: Logger
    private let purpose: String
    private let metrics: ConnectionMetrics
    private let failures = RepeatedEventLog()

    init(logger: Logger, purpose: String) {
        self.logger = logger
        self.purpose = purpose
        metrics = ConnectionMetrics(purpose: purpose)
    }

    func write(_ event: AMQPEvent) {
        metrics.record(event)
        switch event {
        case .connected(let generation, let endpoint):
            failures.isOver()
            logger.info(
                "connected to the broker",
                metadata: ["purpose": "\(purpose)", "broker": "\(endpoint)", "connection": "\(generation)"]
            )
        case .connectFailed(let endpoint, let error, _):
            guard let times = failures.happened() else { return }
            logger.warning(
                error.code == .accessRefused
                    ? "the broker refuses the user or the password in broker.credentialsFile; tries again and again"
                    : "cannot connect to the broker; tries again and again",
                metadata: [
                    "purpose": "\(purpose)", "broker": "\(endpoint)", "error": "\(error)", "attempts": "\(times)",
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
