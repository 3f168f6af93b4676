import CRabbitMQ
import Glibc

/// The life of a connection's thread: connect, serve, wait, again, until it is stopped.
///
/// What to do next is `Reconnection`'s decision; this performs it.
struct ConnectionLoop {
    private static let framesPerRound = 512
    /// Often enough for heartbeats a second apart.
    private static let pollMilliseconds: Int32 = 250

    private let configuration: AMQPConfiguration
    private let plan: AMQPSessionPlan
    private let outbox: AMQPOutbox
    private let onEvents: @Sendable ([AMQPEvent]) -> Void
    private var machine: Reconnection
    private var random = SystemRandomNumberGenerator()
    private var session: BrokerSession?
    private var generation: UInt64 = 0
    private var isBlocked = false

    init(
        configuration: AMQPConfiguration,
        plan: AMQPSessionPlan,
        outbox: AMQPOutbox,
        onEvents: @escaping @Sendable ([AMQPEvent]) -> Void
    ) {
        self.configuration = configuration
        self.plan = plan
        self.outbox = outbox
        self.onEvents = onEvents
        machine = Reconnection(brokers: configuration.endpoints.count, backoff: configuration.backoff)
    }

    mutating func run() {
        var action = machine.handle(.start, using: &random)
        while true {
            switch action {
            case .connect(let broker):
                action = connect(to: configuration.endpoints[broker])
            case .nothing:
                action = serve()
            case .wait(let duration):
                action = machine.handle(wait(duration) ? .waitOver : .stop, using: &random)
            case .disconnect:
                disconnect()
                action = .finish
            case .finish:
                outbox.disconnected()
                onEvents([.stopped])
                return
            }
        }
    }

    private mutating func connect(to endpoint: AMQPEndpoint) -> Reconnection.Action {
        do throws(AMQPClientError) {
            let session = try BrokerSession(
                configuration: configuration,
                plan: plan,
                endpoint: endpoint,
                generation: generation + 1
            )
            generation += 1
            self.session = session
            isBlocked = false
            outbox.connected(generation: generation)
            onEvents([.connected(generation: generation, endpoint: endpoint)])
            return machine.handle(.connectSucceeded, using: &random)
        } catch {
            let action = machine.handle(.connectFailed, using: &random)
            guard case .wait(let duration) = action else { return action }
            onEvents([.connectFailed(endpoint: endpoint, error: error, retryIn: duration)])
            return action
        }
    }

    /// Rounds of sending and receiving until the connection is lost or is to stop.
    private mutating func serve() -> Reconnection.Action {
        guard let session else { return machine.handle(.connectionLost(lasted: .zero), using: &random) }
        let start = ContinuousClock.now
        var hasMore = false
        do throws(AMQPClientError) {
            while true {
                Self.poll(
                    [session.socket, outbox.wakeup.descriptor],
                    milliseconds: hasMore ? 0 : Self.pollMilliseconds
                )
                outbox.wakeup.clear()
                if outbox.isStopping { return machine.handle(.stop, using: &random) }
                // A broker that is short of memory has stopped reading: what is sent now would block this thread.
                if !isBlocked {
                    // First, so that what is given back does not come again to a consumer that is to end.
                    try session.setConsuming(outbox.isConsuming)
                    try perform(outbox.take(), on: session)
                }
                let received = try session.receive(frameLimit: Self.framesPerRound)
                hasMore = received.hasMore
                for case .blocked(_, let isBlocked) in received.events {
                    self.isBlocked = isBlocked
                    outbox.setBlocked(isBlocked)
                }
                if !received.events.isEmpty { onEvents(received.events) }
            }
        } catch {
            self.session = nil
            outbox.disconnected()
            onEvents([.lost(generation: generation, error: error)])
            return machine.handle(.connectionLost(lasted: start.duration(to: .now)), using: &random)
        }
    }

    private func perform(_ commands: [AMQPOutbox.Command], on session: BrokerSession) throws(AMQPClientError) {
        for (index, command) in commands.enumerated() {
            do throws(AMQPClientError) {
                switch command {
                case .publish(let message, let token):
                    try session.publish(message, token: token)
                case .acknowledge(let deliveryTag, let multiple):
                    try session.acknowledge(deliveryTag: deliveryTag, multiple: multiple)
                case .reject(let deliveryTag, let requeue):
                    try session.reject(deliveryTag: deliveryTag, requeue: requeue)
                case .depth(let queue, let completion):
                    completion(.success(try session.depth(queue: queue)))
                }
            } catch {
                AMQPOutbox.abandon(commands[index...])
                throw error
            }
        }
    }

    /// Sends what still waits and closes in an orderly way.
    private mutating func disconnect() {
        guard let session else { return }
        if !isBlocked, (try? perform(outbox.take(), on: session)) != nil { session.close() }
        self.session = nil
    }

    /// - Returns: False if the connection is to stop.
    private func wait(_ duration: Duration) -> Bool {
        let end = ContinuousClock.now + duration
        while !outbox.isStopping {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { return true }
            Self.poll([outbox.wakeup.descriptor], milliseconds: Int32(min(left / .milliseconds(1), 10_000)) + 1)
            outbox.wakeup.clear()
        }
        return false
    }

    private static func poll(_ descriptors: [Int32], milliseconds: Int32) {
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // An interrupted or failed poll makes an extra round, which finds out by itself.
        _ = Glibc.poll(&entries, nfds_t(entries.count), milliseconds)
    }
}
