import Synchronization
import Testing

@testable import AMQPClient
@testable import JobTransport

/// What is queued for the broker when replies are handed over.
@Suite struct ConsumerStateTests {
    private final class Unsendable: Sendable {
        private let replies = Mutex<[UnsendableReply]>([])

        var all: [UnsendableReply] { replies.withLock { $0 } }

        func add(_ reply: UnsendableReply) {
            replies.withLock { $0.append(reply) }
        }
    }

    private let outbox: AMQPOutbox
    private let state: ConsumerState
    private let unsendable: Unsendable

    /// Connected, to nobody; with place for one message of ten bytes.
    init() throws {
        var limits = AMQPConfiguration.Limits()
        limits.bodyBytes = 10
        limits.outgoingMessages = 1
        let outbox = try AMQPOutbox(limits: limits)
        let unsendable = Unsendable()
        let state = ConsumerState(outbox: outbox, maximumBatch: 4) { unsendable.add($0) }
        outbox.connected(generation: 1)
        state.handle([.connected(generation: 1, endpoint: AMQPEndpoint(host: "127.0.0.1", port: 5672))])
        state.resume()
        self.outbox = outbox
        self.state = state
        self.unsendable = unsendable
    }

    private func delivered(_ tag: UInt64, _ id: MessageID) -> AMQPEvent {
        .delivered(
            AMQPDelivery(
                generation: 1,
                consumerTag: "interactive",
                deliveryTag: tag,
                isRedelivered: false,
                exchange: "keyferry.jobs",
                routingKey: "p.interactive",
                properties: AMQPProperties(messageID: id.hex, correlationID: id.hex, replyTo: "back"),
                body: [1]
            )
        )
    }

    private func queued() -> [String] {
        outbox.take().map { command in
            switch command {
            case .publish(let message, _): "publish \(message.body.count)"
            case .acknowledge(let tag, let multiple): "acknowledge \(tag) \(multiple)"
            case .reject(let tag, let requeue): "reject \(tag) \(requeue)"
            case .depth: "depth"
            }
        }
    }

    /// It would be as large each time that the job came again.
    @Test func aReplyThatIsTooLargeEndsItsJob() async throws {
        let ids = (0..<3).map { _ in MessageID.random() }
        state.handle(ids.enumerated().map { delivered(UInt64($0 + 1), $1) })
        let batch = try #require(await state.nextBatch())
        try #require(batch.count == 3)
        state.settle([
            JobSettlement(batch[0], .reply([UInt8](repeating: 0, count: 11))),
            JobSettlement(batch[1], .reply([UInt8](repeating: 0, count: 10))),
        ])
        #expect(queued() == ["publish 10", "acknowledge 1 false"])
        #expect(unsendable.all == [UnsendableReply(messageID: ids[0], byteCount: 11)])
        #expect(!state.isSettled)
        // Once is enough.
        state.settle([JobSettlement(batch[0], .reply([UInt8](repeating: 0, count: 11)))])
        #expect(queued() == [] && unsendable.all.count == 1)
    }

    @Test func aReplyThatHasNoPlaceBringsItsJobBack() async throws {
        let ids = (0..<2).map { _ in MessageID.random() }
        state.handle(ids.enumerated().map { delivered(UInt64($0 + 1), $1) })
        let batch = try #require(await state.nextBatch())
        state.settle(batch.map { JobSettlement($0, .reply([1])) })
        #expect(queued() == ["publish 1", "reject 2 true"])
        #expect(unsendable.all == [])
    }

    @Test func theLimitIsThatOfAConnection() {
        #expect(JobConsumer.largestReply == AMQPConfiguration.Limits().bodyBytes)
    }
}
