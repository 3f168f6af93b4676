import Synchronization

/// A heartbeat or notice: opaque, signed bytes. Its routing key proves nothing.
package struct FleetMessage: Sendable, Equatable {
    package let routingKey: String
    package let body: [UInt8]

    package init(routingKey: String, body: [UInt8]) {
        self.routingKey = routingKey
        self.body = body
    }
}

/// What a listener hears.
package enum FleetItem: Sendable, Equatable {
    case message(FleetMessage)
    /// Something may have been missed before what follows: the connection is new, or the listener was too slow. Ask
    /// again for whatever the messages would have told.
    case gap
}

/// The fleet's messages for one listener, in order. When the listener is too slow the oldest are dropped, and a gap
/// stands in their place. It begins with a gap: what was before is unknown.
package final class FleetFeed: AsyncSequence, Sendable {
    private struct State {
        var messages: [FleetMessage] = []
        var hasGap = true
        var hasEnded = false
        var waiter: CheckedContinuation<FleetItem?, Never>?

        mutating func take() -> FleetItem? {
            if hasGap {
                hasGap = false
                return .gap
            }
            return messages.isEmpty ? nil : .message(messages.removeFirst())
        }
    }

    private let limit: Int
    private let prefix: String
    private let state = Mutex(State())

    init(prefix: String, limit: Int) {
        self.prefix = prefix
        self.limit = limit
    }

    /// Ends the feed; what has arrived can still be read.
    package func cancel() { update { $0.hasEnded = true } }

    package func makeAsyncIterator() -> Iterator { Iterator(feed: self) }

    package struct Iterator: AsyncIteratorProtocol {
        let feed: FleetFeed

        /// Nil at the feed's end and when the task is cancelled.
        package mutating func next() async -> FleetItem? { await feed.next() }
    }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// - Returns: Whether the oldest message was dropped for this one.
    func offer(_ message: FleetMessage) -> Bool {
        guard message.routingKey.hasPrefix(prefix) else { return false }
        var isOverfull = false
        update { state in
            guard !state.hasEnded else { return }
            isOverfull = state.messages.count == limit
            if isOverfull {
                state.messages.removeFirst()
                state.hasGap = true
            }
            state.messages.append(message)
        }
        return isOverfull
    }

    /// The connection is new: what was sent meanwhile is lost, and what waits is as good as ever.
    func offerGap() {
        update { state in
            // The gap belongs before what will follow; to report it before what still waits is early, never late.
            state.hasGap = true
        }
    }

    private func next() async -> FleetItem? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                update { state in
                    precondition(state.waiter == nil, "one reader of a feed at a time")
                    state.waiter = waiter
                }
                if Task.isCancelled { release() }
            }
        } onCancel: {
            release()
        }
    }

    /// Changes the state, then gives a waiting reader what there is for it.
    private func update(_ change: (inout State) -> Void) {
        let (waiter, item) = state.withLock { state -> (CheckedContinuation<FleetItem?, Never>?, FleetItem?) in
            change(&state)
            guard let waiter = state.waiter else { return (nil, nil) }
            let item = state.take()
            guard item != nil || state.hasEnded else { return (nil, nil) }
            state.waiter = nil
            return (waiter, item)
        }
        waiter?.resume(returning: item)
    }

    private func release() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }
}
