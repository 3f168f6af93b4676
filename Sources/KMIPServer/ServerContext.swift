internal import Logging

/// What all connections of a listener use.
final class ServerContext: Sendable {
    let configuration: KMIPServerConfiguration
    let handler: any KMIPRequestHandler
    let connections: LiveConnections
    let metrics = ServerMetrics()
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
