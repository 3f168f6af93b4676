/// A delivery, as far as the work on it goes.
struct ReceivedJob: Sendable {
    /// A sealed job, if it is what it should be.
    let body: [UInt8]
    /// The broker has delivered it before: to a worker that died over it, or that lost its connection.
    let isRedelivered: Bool
    /// What the broker's message says that it is: as far as nothing better is known, it is the name of the job in the log,
    /// and of the refusal.
    var messageID: [UInt8] = []
    /// Milliseconds that were left until its deadline when its sender published it, as the broker's message says.
    var expiration: Int64?
}

/// What becomes of a delivery.
enum Disposition: Hashable, Sendable {
    /// Publish this, then acknowledge.
    case reply([UInt8])
    /// Acknowledge without an answer: nobody waits for one, or nobody could read it.
    case drop
    /// Give the job back to the queue: this worker can't do it now, and nothing of it was done.
    case giveBack
}
