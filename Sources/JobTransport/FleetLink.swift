package import AMQPClient
package import Logging
import Metrics
import ServiceLifecycle
import Synchronization

/// A process's tie to the fleet: heartbeats, notices and audit copies out, heartbeats and notices in.
///
/// One connection of its own, so that heartbeats do not wait behind jobs. Nothing is kept for later: a heartbeat that
/// cannot be sent now is of no use, and listeners learn of a gap. Run it as a service.
package final class FleetLink: Service, Sendable {
    package struct Configuration: Sendable {
        package var transport: JobTransportConfiguration
        /// What to hear, as topic patterns (`heartbeat.*`, `notice.east.#`); empty for a link that only sends.
        package var routingKeys: [String]
        /// Messages that wait for a listener, in the broker and again in each feed.
        package var bufferedMessages = 1024

        package init(transport: JobTransportConfiguration, routingKeys: [String]) {
            self.transport = transport
            self.routingKeys = routingKeys
        }
    }

    package let publisher: FleetPublisher
    package let audit: AuditPublisher
    private let configuration: Configuration
    private let outbox: AMQPOutbox
    private let state: FleetState
    private let connection: AMQPConnection

    /// - Throws: `invalidConfiguration`.
    package init(configuration: Configuration, logger: Logger) throws(AMQPClientError) {
        self.configuration = configuration
        let transport = configuration.transport
        let exchanges = transport.topology.exchanges
        let outbox = try AMQPOutbox(limits: transport.brokers.limits)
        let state = FleetState(outbox: outbox)
        let log = ConnectionLog(logger: logger, purpose: "fleet")
        self.outbox = outbox
        self.state = state
        publisher = FleetPublisher(state: state, exchange: exchanges.fleet.name)
        audit = AuditPublisher(state: state, exchange: exchanges.audit.name)
        var subscriptions: [AMQPSessionPlan.Subscription] = []
        if !configuration.routingKeys.isEmpty {
            subscriptions = [
                .init(
                    consumerTag: "fleet",
                    source: .temporaryQueue(
                        exchange: exchanges.fleet.name,
                        routingKeys: configuration.routingKeys,
                        maximumLength: Int64(configuration.bufferedMessages)
                    )
                )
            ]
        }
        connection = try AMQPConnection(
            configuration: transport.brokers,
            plan: AMQPSessionPlan(topology: transport.topology.fleet(), subscriptions: subscriptions),
            outbox: outbox,
            onEvents: { events in
                for event in events {
                    log.write(event)
                    state.handle(event)
                }
            }
        )
    }

    /// A feed of its own for one listener.
    /// - Parameter prefix: What the routing keys begin with (`heartbeat.`, `notice.`); empty for all.
    package func listen(prefix: String = "") -> FleetFeed {
        let feed = FleetFeed(prefix: prefix, limit: configuration.bufferedMessages)
        state.add(feed)
        return feed
    }

    /// Whether the broker can be reached.
    package var isConnected: Bool { state.isConnected }

    /// How much waits in a partition's queues.
    package func queueDepths(partition: String) async throws(AMQPClientError) -> [QueueDepth] {
        try await outbox.depths(partition: partition)
    }

    package func run() async throws {
        connection.start()
        try? await gracefulShutdown()
        await connection.stop()
        state.endFeeds()
    }
}

/// Publishes heartbeats and notices, to be heard by whoever listens now.
package struct FleetPublisher: Sendable {
    let state: FleetState
    let exchange: String

    /// - Parameters:
    ///   - body: Signed bytes.
    ///   - routingKey: `heartbeat.<partition>` or `notice.<partition>.<kind>`.
    /// - Returns: False if it was dropped, for there is no connection or too much waits.
    @discardableResult
    package func publish(_ body: [UInt8], routingKey: String) -> Bool {
        state.publish(body, exchange: exchange, routingKey: routingKey)
    }
}

/// Publishes copies of audit records for those who collect them. The store is the record: a copy may be lost.
package struct AuditPublisher: Sendable {
    let state: FleetState
    let exchange: String

    /// - Parameter routingKey: `<partition>.<event>`.
    /// - Returns: False if it was dropped, for there is no connection or too much waits.
    @discardableResult
    package func publish(_ body: [UInt8], routingKey: String) -> Bool {
        state.publish(body, exchange: exchange, routingKey: routingKey)
    }
}

/// The feeds of a link, and whether it is connected.
final class FleetState: Sendable {
    private struct State {
        var generation: UInt64?
        /// The broker takes nothing: what would wait for it now would be stale when it goes out.
        var isBlocked = false
        var feeds: [FleetFeed] = []
        var hasEnded = false
    }

    private let outbox: AMQPOutbox
    private let state = Mutex(State())
    private let metrics = FleetMetrics()

    init(outbox: AMQPOutbox) { self.outbox = outbox }

    var isConnected: Bool { state.withLock { $0.generation != nil } }

    func add(_ feed: FleetFeed) {
        let hasEnded = state.withLock { state in
            state.feeds.removeAll { $0.hasEnded }
            state.feeds.append(feed)
            return state.hasEnded
        }
        if hasEnded { feed.cancel() }
    }

    func endFeeds() {
        let feeds = state.withLock { state in
            state.hasEnded = true
            return state.feeds
        }
        for feed in feeds { feed.cancel() }
    }

    func publish(_ body: [UInt8], exchange: String, routingKey: String) -> Bool {
        let generation = state.withLock { $0.isBlocked ? nil : $0.generation }
        let message = AMQPMessage(exchange: exchange, routingKey: routingKey, body: body)
        if let generation, (try? outbox.publish(message, token: nil, generation: generation)) != nil { return true }
        metrics.unsent.increment()
        return false
    }

    func handle(_ event: AMQPEvent) {
        switch event {
        case .connected(let generation, _):
            state.withLock { state in
                state.generation = generation
                state.isBlocked = false
            }
            for feed in feeds { feed.offerGap() }
        case .lost:
            state.withLock { $0.generation = nil }
        case .delivered(let delivery):
            let message = FleetMessage(routingKey: delivery.routingKey, body: delivery.body)
            for feed in feeds where feed.offer(message) { metrics.gaps.increment() }
        case .blocked(_, let isBlocked):
            state.withLock { $0.isBlocked = isBlocked }
        case .connectFailed, .confirmed, .refused, .returned, .oversizedRejected, .stopped:
            break
        }
    }

    private var feeds: [FleetFeed] { state.withLock { $0.feeds } }
}
