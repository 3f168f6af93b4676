import AMQPClient
import FaultPoints
import Synchronization

/// Performs what `InFlightJobs` decides: publishes through the outbox, resumes callers.
final class SenderState: Sendable {
    private typealias Waiter = CheckedContinuation<Result<[UInt8], JobSendError>, Never>

    private struct State {
        var jobs: InFlightJobs
        var waiters: [MessageID: Waiter] = [:]
    }

    private let outbox: AMQPOutbox
    private let exchange: String
    private let state: Mutex<State>
    private let start = ContinuousClock.now

    init(outbox: AMQPOutbox, exchange: String, limits: InFlightJobs.Limits) {
        self.outbox = outbox
        self.exchange = exchange
        state = Mutex(State(jobs: InFlightJobs(limits: limits)))
    }

    var count: Int { state.withLock { $0.jobs.count } }
    var unknownReplies: Int { state.withLock { $0.jobs.unknownReplies } }

    /// Sends a job and waits for its end.
    /// - Parameter timeLeft: Until its deadline.
    func send(_ body: [UInt8], routingKey: String, id: MessageID, timeLeft: Duration) async -> Result<
        [UInt8], JobSendError
    > {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let now = now
                let job = InFlightJobs.Job(id: id, routingKey: routingKey, body: body, deadline: now + timeLeft)
                let submitted = state.withLock { state in
                    let result = state.jobs.submit(job, now: now)
                    if case .success = result { state.waiters[id] = waiter }
                    return result
                }
                switch submitted {
                case .success(let actions):
                    perform(actions)
                    FaultPoint.jobHandedOver.reached()
                case .failure(let error): waiter.resume(returning: .failure(error))
                }
                // A cancellation before this point found no job to cancel.
                if Task.isCancelled { handle(.cancelled(id)) }
            }
        } onCancel: {
            handle(.cancelled(id))
        }
    }

    func handle(_ event: InFlightJobs.Event) {
        let now = now
        perform(state.withLock { $0.jobs.handle(event, now: now) })
    }

    private var now: Duration { start.duration(to: .now) }

    private func perform(_ actions: [InFlightJobs.Action]) {
        for action in actions {
            switch action {
            case .publish(let publication):
                publish(publication)
            case .finish(let id, let result):
                state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: result)
            }
        }
    }

    private func publish(_ publication: InFlightJobs.Publication) {
        let milliseconds = max(1, Int64(publication.timeLeft / .milliseconds(1)))
        let message = AMQPMessage(
            exchange: exchange,
            routingKey: publication.routingKey,
            properties: AMQPProperties(
                messageID: publication.id.hex,
                correlationID: publication.id.hex,
                replyTo: AMQPMessage.directReplyTo,
                expiration: String(milliseconds)
            ),
            body: publication.body,
            isMandatory: true
        )
        do throws(AMQPClientError) {
            try outbox.publish(message, token: publication.token, generation: publication.generation)
        } catch {
            let code: JobSendError.Code? =
                switch error.code {
                case .notConnected: nil
                case .messageTooLarge: .messageTooLarge
                default: .serverBusy
                }
            handle(.publishFailed(publication.id, token: publication.token, code))
        }
    }
}
