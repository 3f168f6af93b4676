import Foundation
import Synchronization

/// A connection to a broker that keeps itself up, on a thread of its own.
///
/// Commands go in through the outbox, from any thread; events come out of `onEvents`, in batches (all that one round of
/// reading brought), on the connection's thread. The callback must not block: while it runs nothing is sent or received.
package final class AMQPConnection: Sendable {
    private struct Ending {
        var hasStarted = false
        var hasEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let configuration: AMQPConfiguration
    private let plan: AMQPSessionPlan
    private let outbox: AMQPOutbox
    private let onEvents: @Sendable ([AMQPEvent]) -> Void
    private let ending = Mutex(Ending())

    /// - Throws: `invalidConfiguration`.
    package init(
        configuration: AMQPConfiguration,
        plan: AMQPSessionPlan,
        outbox: AMQPOutbox,
        onEvents: @escaping @Sendable ([AMQPEvent]) -> Void
    ) throws(AMQPClientError) {
        try configuration.validate()
        self.configuration = configuration
        self.plan = plan
        self.outbox = outbox
        self.onEvents = onEvents
    }

    deinit { outbox.stop() }

    /// Starts the thread, which connects at once. A second call does nothing.
    package func start() {
        let isFirst = ending.withLock { ending in
            defer { ending.hasStarted = true }
            return !ending.hasStarted
        }
        guard isFirst else { return }
        let thread = Thread { [configuration, plan, outbox, onEvents, weak self] in
            var loop = ConnectionLoop(
                configuration: configuration,
                plan: plan,
                outbox: outbox,
                onEvents: onEvents
            )
            loop.run()
            self?.threadEnded()
        }
        thread.name = "amqp"
        thread.start()
    }

    /// Sends what waits in the outbox, closes the connection, ends the thread. Returns when the thread has ended: within
    /// a second or two, or, if the broker does not answer, within the call limit of the configuration.
    package func stop() async {
        outbox.stop()
        await withCheckedContinuation { continuation in
            let hasEnded = ending.withLock { ending in
                guard ending.hasStarted, !ending.hasEnded else { return true }
                ending.waiters.append(continuation)
                return false
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func threadEnded() {
        let waiters = ending.withLock { ending in
            ending.hasEnded = true
            defer { ending.waiters = [] }
            return ending.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
