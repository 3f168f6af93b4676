package import KeyModel

/// Why a front got no answer to a job. Nothing in it comes from the broker's text, or from a client.
package struct DispatchError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// Too much is in flight here, or the queue is full. Try again.
        case busy
        /// No worker of the partition was heard in the last three seconds that says it is healthy.
        case noHealthyWorker
        case brokerUnavailable
        /// The partition's queue does not exist.
        case noQueue
        case deadlinePassed
        /// A job of the same identifier is under way.
        case inProgress
        /// A worker could not open the job, twice.
        case notAccepted
        /// What came back was no reply to this job.
        case replyNotBelieved
        case shuttingDown
        /// The worker did open the job and refused it as a whole: see `failure`.
        case refused
        case internalFailure
    }

    package let code: Code
    package let failure: OperationFailure?

    package init(_ code: Code) {
        self.code = code
        self.failure = nil
    }

    package init(refusal failure: OperationFailure) {
        self.code = .refused
        self.failure = failure
    }

    package var description: String {
        failure.map { "\(code.rawValue) (\($0.code))" } ?? code.rawValue
    }
}
