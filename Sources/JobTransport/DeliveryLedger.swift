/// The deliveries of one consumer that are not acknowledged: decides what is handed out together, what is
/// acknowledged, and when, without I/O.
///
/// A job is acknowledged after the broker has confirmed its reply. Delivery tags belong to a connection: when it is
/// lost, its deliveries are forgotten here (the broker gives them to somebody again), and what is said about them later
/// is dropped.
struct DeliveryLedger {
    enum Action: Sendable, Equatable {
        case publishReply(to: String, correlationID: String?, body: [UInt8], token: UInt64)
        case acknowledge(deliveryTag: UInt64, multiple: Bool)
        case requeue(deliveryTag: UInt64)
    }

    private let maximumBatch: Int
    private(set) var generation: UInt64?
    private var isPaused = true
    /// Arrived, not handed out.
    private var waiting: [JobClass: [JobDelivery]] = [:]
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
        for tag in tags { forget(tag) }
        return tags.map { .requeue(deliveryTag: $0) }
    }

    mutating func resume() { isPaused = false }

    /// What has arrived, the urgent first, up to the bound. A redelivered job is a batch of its own.
    mutating func nextBatch() -> [JobDelivery] {
        var batch: [JobDelivery] = []
        for jobClass in JobClass.allCases {
            guard let line = waiting[jobClass], !line.isEmpty else { continue }
            if batch.isEmpty, line[0].isRedelivered {
                batch = [line[0]]
                waiting[jobClass] = Array(line.dropFirst())
                break
            }
            let fresh = line.prefix { !$0.isRedelivered }.prefix(maximumBatch - batch.count)
            batch += fresh
            waiting[jobClass] = Array(line.dropFirst(fresh.count))
            if batch.count == maximumBatch { break }
        }
        handedOut.formUnion(batch.map(\.deliveryTag))
        return batch
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
                    .publishReply(to: replyTo, correlationID: delivery.correlationID, body: body, token: lastToken)
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
