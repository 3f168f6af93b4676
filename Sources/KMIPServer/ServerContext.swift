internal import Logging
internal import Monitoring

/// What all connections of a listener use.
final class ServerContext: Sendable {
    let configuration: KMIPServerConfiguration
    let handler: any KMIPRequestHandler
    let connections: LiveConnections
    let metrics = ServerMetrics()
    /// What is refused to every client for the same reason is told at once and then once a minute, and otherwise at debug.
    let unhealthyComplaint = RepeatedEventLog()
    let limitComplaint = RepeatedEventLog()
    let logger: Logger

    init(configuration: KMIPServerConfiguration, handler: any KMIPRequestHandler, logger: Logger) {
        self.configuration = configuration
        self.handler = handler
        self.connections = LiveConnections(limit: configuration.maximumConnections)
        self.logger = logger
    }

    func connectionBegan() {
        metrics.connectionCountChanged(to: connections.count)
    }

    func connectionEnded(_ id: ConnectionID) {
        connections.remove(id)
        metrics.connectionCountChanged(to: connections.count)
    }
}
