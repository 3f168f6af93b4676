import Synchronization

/// What is to be sent over one connection: a bounded line between any thread and the connection's own.
///
/// Commands name the generation (the connection) that they are for. One for another generation is refused, or, where it
/// has lost its meaning with its connection, dropped: a delivery tag must never be acknowledged on another connection
/// than the one that brought it.
package final class AMQPOutbox: Sendable {
    enum Command: Sendable {
        case publish(AMQPMessage, token: UInt64?)
        case acknowledge(deliveryTag: UInt64, multiple: Bool)
        case reject(deliveryTag: UInt64, requeue: Bool)
        case depth(queue: String, DepthCompletion)
    }

    typealias DepthCompletion = @Sendable (Result<AMQPQueueDepth?, AMQPClientError>) -> Void

    private struct State {
        var commands: [Command] = []
        var messages = 0
        var bytes = 0
        /// Nil while there is no connection.
        var generation: UInt64?
        /// What is sent waits until the broker takes messages again.
        var isBlocked = false
        var isConsuming = false
        var isStopping = false
    }

    let wakeup: WakeupEvent
    private let limits: AMQPConfiguration.Limits
    private let state = Mutex(State())

    package init(limits: AMQPConfiguration.Limits) throws(AMQPClientError) {
        self.limits = limits
        wakeup = try WakeupEvent()
    }

    /// Queues a publish.
    /// - Parameter token: Returned in `confirmed` or `refused`; nil if nobody asks.
    /// - Throws: `notConnected`, `outgoingQueueFull` or `messageTooLarge`; then nothing was queued.
    package func publish(
        _ message: AMQPMessage,
        token: UInt64?,
        generation: UInt64
    ) throws(AMQPClientError) {
        try message.validate(bodyLimit: limits.bodyBytes)
        let size = message.body.count
        let failure: AMQPClientError.Code? = state.withLock { state in
            guard state.generation == generation else { return .notConnected }
            guard state.messages < limits.outgoingMessages, state.bytes + size <= limits.outgoingBytes else {
                return .outgoingQueueFull
            }
            state.messages += 1
            state.bytes += size
            state.commands.append(.publish(message, token: token))
            return nil
        }
        if let failure { throw AMQPClientError(failure, operation: "publish") }
        wakeup.signal()
    }

    /// Acknowledges a delivery, or with `multiple` all up to it. Dropped if its connection is gone.
    package func acknowledge(deliveryTag: UInt64, multiple: Bool, generation: UInt64) {
        append(.acknowledge(deliveryTag: deliveryTag, multiple: multiple), generation: generation)
    }

    /// Gives a delivery back, or throws it away. Dropped if its connection is gone.
    package func reject(deliveryTag: UInt64, requeue: Bool, generation: UInt64) {
        append(.reject(deliveryTag: deliveryTag, requeue: requeue), generation: generation)
    }

    /// Starts or ends consuming from the plan's queues, now and after every reconnection. Initially off.
    package func setConsuming(_ isConsuming: Bool) {
        state.withLock { $0.isConsuming = isConsuming }
        wakeup.signal()
    }

    /// How much waits in a queue; nil if there is no such queue.
    /// - Throws: `notConnected` or `brokerBlocked`, at once.
    package func depth(queue: String) async throws(AMQPClientError) -> AMQPQueueDepth? {
        let result: Result<AMQPQueueDepth?, AMQPClientError> = await withCheckedContinuation { continuation in
            let refusal: AMQPClientError.Code? = state.withLock { state in
                if state.generation == nil || state.isStopping { return .notConnected }
                if state.isBlocked { return .brokerBlocked }
                state.commands.append(.depth(queue: queue) { continuation.resume(returning: $0) })
                return nil
            }
            if let refusal {
                continuation.resume(returning: .failure(AMQPClientError(refusal, operation: "queue depth")))
            } else {
                wakeup.signal()
            }
        }
        return try result.get()
    }

    private func append(_ command: Command, generation: UInt64) {
        let isQueued = state.withLock { state in
            guard state.generation == generation else { return false }
            state.commands.append(command)
            return true
        }
        if isQueued { wakeup.signal() }
    }
}

/// The side of the connection's thread.
extension AMQPOutbox {
    var isConsuming: Bool { state.withLock { $0.isConsuming } }
    var isStopping: Bool { state.withLock { $0.isStopping } }

    var waitingCount: Int { state.withLock { $0.commands.count } }

    func stop() {
        state.withLock { $0.isStopping = true }
        wakeup.signal()
    }

    func connected(generation: UInt64) {
        state.withLock { state in
            state.generation = generation
            state.isBlocked = false
        }
    }

    /// Ends the questions that wait: while the broker is blocked it answers none.
    func setBlocked(_ isBlocked: Bool) {
        let questions = state.withLock { state -> [Command] in
            state.isBlocked = isBlocked
            guard isBlocked else { return [] }
            defer { state.commands.removeAll { $0.isQuestion } }
            return state.commands.filter(\.isQuestion)
        }
        Self.abandon(questions[...], .brokerBlocked)
    }

    /// Refuses commands from now on and ends those that wait.
    func disconnected() {
        let abandoned = state.withLock { state in
            state.generation = nil
            return Self.empty(&state)
        }
        Self.abandon(abandoned[...])
    }

    /// All commands that wait, in order.
    func take() -> [Command] { state.withLock { Self.empty(&$0) } }

    /// Ends commands that will not be performed. Publishes need no word: `lost` says it for all of them.
    static func abandon(_ commands: ArraySlice<Command>, _ code: AMQPClientError.Code = .notConnected) {
        for case .depth(_, let completion) in commands {
            completion(.failure(AMQPClientError(code, operation: "queue depth")))
        }
    }

    private static func empty(_ state: inout State) -> [Command] {
        var commands: [Command] = []
        swap(&commands, &state.commands)
        state.messages = 0
        state.bytes = 0
        return commands
    }
}

extension AMQPOutbox.Command {
    fileprivate var isQuestion: Bool {
        if case .depth = self { true } else { false }
    }
}
