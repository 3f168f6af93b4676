/// The deliveries of one consumer that are not acknowledged: decides what is handed out together, what is
/// acknowledged, and when, without I/O.
///
/// A job is acknowledged after the broker has confirmed its reply. Delivery tags belong to a connection: when it is
/// lost, its deliveries are forgotten here (the broker gives them to somebody again), and what is said about them later
/// is dropped.
struct DeliveryLedger {
    enum Action: Sendable, Equatable {
        /// - messageID: of the request.
        case publishReply(to: String, correlationID: String?, messageID: MessageID?, body: [UInt8], token: UInt64)
        case acknowledge(deliveryTag: UInt64, multiple: Bool)
        case requeue(deliveryTag: UInt64)
    }

    /// The order of turns. Operators' jobs are few, and one of them may end the client whose jobs fill the line.
    private static let order: [JobClass] = [.operator, .interactive, .bulk]

    private let maximumBatch: Int
    private(set) var generation: UInt64?
    private var isPaused = true
    /// Arrived, not handed out.
    private var waiting: [JobClass: [JobDelivery]] = [:]
    /// The class that had its turn in the last batch when a redelivered job, which comes alone, was first in its line.
    private var passedOver: JobClass?
    /// Everything that the broker holds for us, in the order of arrival, which is that of the tags.
    private var outstanding: [UInt64] = []
    private var handedOut: Set<UInt64> = []
    private var tagsByToken: [UInt64: UInt64] = [:]
    private var lastToken: UInt64 = 0

    init(maximumBatch: Int) { self.maximumBatch = maximumBatch }

    /// Whether everything that was handed out is settled and acknowledged.
    var isSettled: Bool { handedOut.isEmpty }

    var isConsuming: Bool { generation != nil && !isPaused }

    mutating func connected(generation: UInt64) {
        lost()
        self.generation = generation
    }

    mutating func lost() {
        generation = nil
        waiting = [:]
        passedOver = nil
        outstanding = []
        handedOut = []
        tagsByToken = [:]
    }

    mutating func received(_ delivery: JobDelivery) -> [Action] {
        guard delivery.generation == generation else { return [] }
        // It was on its way when the consumer was cancelled.
        if isPaused { return [.requeue(deliveryTag: delivery.deliveryTag)] }
        outstanding.append(delivery.deliveryTag)
        waiting[delivery.jobClass, default: []].append(delivery)
        return []
    }

    /// Gives back what waits; takes no more.
    mutating func pause() -> [Action] {
        isPaused = true
        let tags = waiting.values.flatMap { $0 }.map(\.deliveryTag).sorted()
        waiting = [:]
        passedOver = nil
        for tag in tags { forget(tag) }
        return tags.map { .requeue(deliveryTag: $0) }
    }

    mutating func resume() { isPaused = false }

    /// What has arrived, operators' jobs first and then the urgent, up to the bound; of operators' jobs half as many at
    /// most, lest others wait for many of them. A redelivered job is a batch of its own.
    mutating func nextBatch() -> [JobDelivery] {
        var batch: [JobDelivery] = []
        let first = passedOver.map { [$0] } ?? []
        passedOver = nil
        for jobClass in first + Self.order where batch.count < maximumBatch {
            if batch.isEmpty, let alone = waiting[jobClass]?.first, alone.isRedelivered {
                waiting[jobClass]?.removeFirst()
                batch = [alone]
                break
            }
            let most = jobClass == .operator ? max(1, maximumBatch / 2) : maximumBatch
            batch += takeFresh(jobClass, atMost: min(most, maximumBatch - batch.count))
            guard passedOver == nil, batch.count < maximumBatch else { continue }
            if let next = waiting[jobClass]?.first, next.isRedelivered { passedOver = jobClass }
        }
        handedOut.formUnion(batch.map(\.deliveryTag))
        return batch
    }

    /// The first of a line, in their order, up to a redelivered one.
    private mutating func takeFresh(_ jobClass: JobClass, atMost count: Int) -> [JobDelivery] {
        guard let line = waiting[jobClass] else { return [] }
        let fresh = line.prefix { !$0.isRedelivered }.prefix(count)
        waiting[jobClass] = Array(line.dropFirst(fresh.count))
        return Array(fresh)
    }

    mutating func settle(_ settlements: [JobSettlement]) -> [Action] {
        var actions: [Action] = []
        var done: Set<UInt64> = []
        for settlement in settlements {
            let delivery = settlement.delivery
            let tag = delivery.deliveryTag
            guard delivery.generation == generation, handedOut.contains(tag) else { continue }
            switch settlement.outcome {
            case .reply(let body):
                guard let replyTo = delivery.replyTo else {
                    done.insert(tag)
                    continue
                }
                lastToken += 1
                tagsByToken[lastToken] = tag
                actions.append(
                    .publishReply(
                        to: replyTo,
                        correlationID: delivery.correlationID,
                        messageID: delivery.messageID,
                        body: body,
                        token: lastToken
                    )
                )
            case .discard:
                done.insert(tag)
            case .requeue:
                actions.append(requeue(tag))
            }
        }
        return actions + acknowledge(done)
    }

    /// The broker has these replies.
    mutating func confirmed(_ tokens: [UInt64]) -> [Action] {
        acknowledge(Set(tokens.compactMap { tagsByToken.removeValue(forKey: $0) }))
    }

    /// No message holds this reply. It would be the same each time that the job came again: the job is acknowledged.
    mutating func unsendable(_ token: UInt64) -> [Action] {
        guard let tag = tagsByToken.removeValue(forKey: token) else { return [] }
        return acknowledge([tag])
    }

    /// The broker did not take these replies, or they could not be queued: the jobs come again, and their stored
    /// outcomes are sent then.
    mutating func refused(_ tokens: [UInt64]) -> [Action] {
        tokens.compactMap { tagsByToken.removeValue(forKey: $0) }.map { requeue($0) }
    }

    /// One acknowledgement for all that are done and have nothing unfinished before them, one for each of the others.
    private mutating func acknowledge(_ done: Set<UInt64>) -> [Action] {
        guard !done.isEmpty else { return [] }
        handedOut.subtract(done)
        let prefix = outstanding.prefix { done.contains($0) }
        var actions: [Action] = []
        if let last = prefix.last { actions = [.acknowledge(deliveryTag: last, multiple: prefix.count > 1)] }
        let others = outstanding.dropFirst(prefix.count).filter { done.contains($0) }
        actions += others.map { .acknowledge(deliveryTag: $0, multiple: false) }
        outstanding.removeAll { done.contains($0) }
        return actions
    }

    private mutating func requeue(_ tag: UInt64) -> Action {
        handedOut.remove(tag)
        forget(tag)
        return .requeue(deliveryTag: tag)
    }

    private mutating func forget(_ tag: UInt64) { outstanding.removeAll { $0 == tag } }
}
