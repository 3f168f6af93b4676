internal import Logging
internal import Monitoring
internal import NIOCore

/// What all connections of a listener use.
final class ServerContext: Sendable {
    let configuration: KMIPServerConfiguration
    let handler: any KMIPRequestHandler
    let connections: LiveConnections
    let memory: ListenerMemory
    let strangers = SharedStrangerLog()
    let delays: EventLoopDelays
    let metrics = ServerMetrics()
    /// What is refused to every client for the same reason is told at once and then once a minute, and otherwise at debug.
    let unhealthyComplaint = RepeatedEventLog()
    let logger: Logger

    init(
        configuration: KMIPServerConfiguration,
        handler: any KMIPRequestHandler,
        eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) {
        self.configuration = configuration
        self.handler = handler
        self.connections = LiveConnections(limit: configuration.maximumConnections)
        self.memory = ListenerMemory(limit: configuration.secureMemoryByteCount)
        self.delays = EventLoopDelays(eventLoopGroup)
        self.logger = logger
    }

    /// Whether a connection that has just come may stay.
    ///
    /// Only handshakes are refused for the work's sake, not requests, which are refused with an answer. An address from
    /// which clients come that are served is preferred to others, for as long as there is hope.
    func hasTime(for channel: any Channel) -> Bool {
        let delay = delays.delay(of: channel.eventLoop)
        guard delay > configuration.delayLimits.strangers else { return true }
        guard delay <= configuration.delayLimits.all, let address = channel.remoteAddress?.ipAddress else {
            return false
        }
        return connections.isKnown(address: address)
    }

    func connectionBegan() {
        metrics.connectionCountChanged(to: connections.count)
    }

    func connectionEnded(_ id: ConnectionID) {
        connections.remove(id)
        metrics.connectionCountChanged(to: connections.count)
    }
}
