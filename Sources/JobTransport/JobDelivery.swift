/// A job as the broker gave it to a worker. Nothing of it is believed but what its seal proves.
package struct JobDelivery: Sendable, Equatable {
    /// The sealed job.
    package let body: [UInt8]
    /// It was given to a worker before, who may have begun it: it comes alone, in a batch of one.
    package let isRedelivered: Bool
    /// The queue it came from. What class it may be of, the seal's associated data says.
    package let jobClass: JobClass
    /// Nil if the property is missing or malformed: such a job cannot be sealed rightly and is to be discarded.
    package let messageID: MessageID?
    /// Whether the sender can be answered.
    package var expectsReply: Bool { replyTo != nil }
    /// Milliseconds that the sender gave the job when it published it. Informative: its sealed deadline counts.
    package let expiration: Int64?

    let replyTo: String?
    let correlationID: String?
    /// The connection that brought it, and its number there.
    let generation: UInt64
    let deliveryTag: UInt64
}

/// What a worker has decided about a delivery.
package struct JobSettlement: Sendable {
    package enum Outcome: Sendable {
        /// Publish this sealed reply, of `JobConsumer.largestReply` bytes at most; when the broker has it, acknowledge
        /// the job.
        case reply([UInt8])
        /// Acknowledge without a reply: the job cannot be answered, or must not be.
        case discard
        /// Give it back for another worker; it comes again as a redelivery.
        case requeue
    }

    package let delivery: JobDelivery
    package let outcome: Outcome

    package init(_ delivery: JobDelivery, _ outcome: Outcome) {
        self.delivery = delivery
        self.outcome = outcome
    }
}
