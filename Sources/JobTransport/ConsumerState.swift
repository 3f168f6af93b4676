import AMQPClient
import FaultPoints
import Metrics
import Synchronization

/// A reply that no message holds: who waits for it hears nothing.
struct UnsendableReply: Sendable, Equatable {
    /// The request's; nil if it has none.
    let messageID: MessageID?
    let byteCount: Int
}

/// Performs what `DeliveryLedger` decides: publishes and acknowledges through the outbox, wakes the worker.
final class ConsumerState: Sendable {
    private struct State {
        var ledger: DeliveryLedger
        var waiter: CheckedContinuation<[JobDelivery]?, Never>?
        var hasEnded = false
    }

    private let outbox: AMQPOutbox
    private let state: Mutex<State>
    private let metrics = ConsumeMetrics()
    private let onUnsendable: @Sendable (UnsendableReply) -> Void

    /// - Parameter onUnsendable: is told of replies that are too large, whose jobs are acknowledged all the same.
    init(
        outbox: AMQPOutbox,
        maximumBatch: Int,
        onUnsendable: @escaping @Sendable (UnsendableReply) -> Void
    ) {
        self.outbox = outbox
        self.onUnsendable = onUnsendable
        state = Mutex(State(ledger: DeliveryLedger(maximumBatch: maximumBatch)))
    }

    var isSettled: Bool { state.withLock { $0.ledger.isSettled } }

    var isConsuming: Bool { state.withLock { $0.ledger.isConsuming } }

    func nextBatch() async -> [JobDelivery]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isRefused = state.withLock { state in
                    precondition(state.waiter == nil, "one caller of nextBatch at a time")
                    guard !state.hasEnded, !Task.isCancelled else { return true }
                    state.waiter = waiter
                    return false
                }
                if isRefused { waiter.resume(returning: nil) } else { wake() }
            }
        } onCancel: {
            release()
        }
    }

    func endBatches() {
        state.withLock { $0.hasEnded = true }
        release()
    }

    func handle(_ events: [AMQPEvent]) {
        for event in events {
            switch event {
            case .connected(let generation, _): state.withLock { $0.ledger.connected(generation: generation) }
            case .lost: state.withLock { $0.ledger.lost() }
            case .delivered(let delivery): received(delivery)
            case .confirmed(_, let tokens):
                FaultPoint.repliesConfirmed.reached()
                perform { $0.confirmed(tokens) }
                FaultPoint.jobsAcknowledged.reached()
            case .refused(_, let tokens): perform { $0.refused(tokens) }
            case .connectFailed, .returned, .oversizedRejected, .blocked, .stopped: break
            }
        }
        // After the whole round, so that what arrived together is one batch.
        wake()
    }

    func settle(_ settlements: [JobSettlement]) { perform { $0.settle(settlements) } }
    func pause() { perform { $0.pause() } }
    func resume() { state.withLock { $0.ledger.resume() } }

    private func received(_ delivery: AMQPDelivery) {
        guard let jobClass = JobClass(rawValue: delivery.consumerTag) else { return }
        metrics.delivered.increment()
        if delivery.isRedelivered { metrics.redelivered.increment() }
        let job = JobDelivery(
            body: delivery.body,
            isRedelivered: delivery.isRedelivered,
            jobClass: jobClass,
            messageID: delivery.properties.messageID.flatMap(MessageID.init(hex:)),
            expiration: delivery.properties.expiration.flatMap { Int64($0) },
            replyTo: delivery.properties.replyTo,
            correlationID: delivery.properties.correlationID,
            generation: delivery.generation,
            deliveryTag: delivery.deliveryTag
        )
        perform { $0.received(job) }
    }

    /// Gives the waiting worker a batch, if there is one of each.
    private func wake() {
        let (waiter, batch) = state.withLock { state -> (CheckedContinuation<[JobDelivery]?, Never>?, [JobDelivery]) in
            guard let waiter = state.waiter else { return (nil, []) }
            let batch = state.ledger.nextBatch()
            guard !batch.isEmpty else { return (nil, []) }
            state.waiter = nil
            return (waiter, batch)
        }
        guard let waiter else { return }
        metrics.batchSize.record(batch.count)
        waiter.resume(returning: batch)
    }

    /// Lets the waiting worker go without a batch.
    private func release() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: nil)
    }

    /// Why a reply was not queued.
    private enum Failure {
        case refused(token: UInt64)
        case unsendable(UnsendableReply, token: UInt64)
    }

    /// Decides and acts under one lock: an acknowledgement of "all up to" must not overtake what was decided before it.
    private func perform(_ decide: (inout DeliveryLedger) -> [DeliveryLedger.Action]) {
        let tooLarge = state.withLock { state -> [UnsendableReply] in
            var actions = decide(&state.ledger)[...]
            var unsendable: [UnsendableReply] = []
            guard let generation = state.ledger.generation else { return [] }
            while let action = actions.popFirst() {
                switch perform(action, generation: generation) {
                case nil: break
                case .refused(let token): actions += state.ledger.refused([token])
                case .unsendable(let reply, let token):
                    actions += state.ledger.unsendable(token)
                    unsendable.append(reply)
                }
            }
            return unsendable
        }
        for reply in tooLarge { onUnsendable(reply) }
    }

    private func perform(_ action: DeliveryLedger.Action, generation: UInt64) -> Failure? {
        switch action {
        case .publishReply(let replyTo, let correlationID, let messageID, let body, let token):
            let reply = AMQPMessage(
                exchange: "",
                routingKey: replyTo,
                properties: AMQPProperties(correlationID: correlationID),
                body: body
            )
            do throws(AMQPClientError) {
                try outbox.publish(reply, token: token, generation: generation)
            } catch {
                switch error.code {
                // Without a connection there is nothing to give back either: the broker does that by itself.
                case .notConnected: return nil
                case .messageTooLarge:
                    return .unsendable(UnsendableReply(messageID: messageID, byteCount: body.count), token: token)
                default: return .refused(token: token)
                }
            }
        case .acknowledge(let deliveryTag, let multiple):
            outbox.acknowledge(deliveryTag: deliveryTag, multiple: multiple, generation: generation)
        case .requeue(let deliveryTag):
            metrics.requeued.increment()
            outbox.reject(deliveryTag: deliveryTag, requeue: true, generation: generation)
        }
        return nil
    }
}
