/// Decides when to connect to which broker, without I/O or clock.
///
/// Brokers take turns. The wait before a try grows with every full round over the list, and lies randomly between half
/// of its value and all of it, so that a restarted broker does not meet its whole fleet at one instant. The count
/// starts again only after a connection that lasted: a broker that accepts and drops is not tried in a tight loop.
package struct Reconnection: Sendable {
    package struct Backoff: Sendable {
        package var first: Duration = .milliseconds(100)
        /// Short: keys can't be had while a broker that is back waits to be tried.
        package var longest: Duration = .seconds(2)
        /// A connection this old was a good one.
        package var stableAfter: Duration = .seconds(10)

        package init() {}
    }

    package enum Event: Sendable, Equatable {
        case start
        case connectSucceeded
        case connectFailed
        case connectionLost(lasted: Duration)
        case waitOver
        case stop
    }

    package enum Action: Sendable, Equatable {
        case connect(broker: Int)
        case wait(Duration)
        /// Close the connection in an orderly way, then end.
        case disconnect
        /// End.
        case finish
        case nothing
    }

    private enum State {
        case idle, connecting, connected, waiting, stopped
    }

    private let brokers: Int
    private let backoff: Backoff
    private var state = State.idle
    private var broker = 0
    private var failures = 0

    /// - Parameter brokers: How many there are; at least one.
    package init(brokers: Int, backoff: Backoff) {
        precondition(brokers > 0, "a connection needs a broker")
        self.brokers = brokers
        self.backoff = backoff
    }

    /// An event that cannot happen in the present state (a late timer, a second stop) changes nothing.
    package mutating func handle(_ event: Event, using random: inout some RandomNumberGenerator) -> Action {
        switch (state, event) {
        case (.idle, .start), (.waiting, .waitOver):
            state = .connecting
            return .connect(broker: broker)
        case (.connecting, .connectSucceeded):
            state = .connected
            return .nothing
        case (.connecting, .connectFailed):
            return retry(using: &random)
        case (.connected, .connectionLost(let lasted)):
            if lasted >= backoff.stableAfter { failures = 0 }
            return retry(using: &random)
        case (.connected, .stop):
            state = .stopped
            return .disconnect
        case (.idle, .stop), (.connecting, .stop), (.waiting, .stop):
            state = .stopped
            return .finish
        default:
            return .nothing
        }
    }

    private mutating func retry(using random: inout some RandomNumberGenerator) -> Action {
        let round = failures / brokers
        failures += 1
        broker = (broker + 1) % brokers
        state = .waiting
        var wait = backoff.first
        for _ in 0..<min(round, 16) where wait < backoff.longest { wait *= 2 }
        wait = min(wait, backoff.longest)
        return .wait(wait * Double.random(in: 0.5...1, using: &random))
    }
}
