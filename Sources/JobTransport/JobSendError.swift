/// Why a job has no reply.
package struct JobSendError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// Too much is in flight here, the partition's queue is full, or the broker is short of memory. Try later.
        case serverBusy
        /// The partition has no queue: its name is wrong, or its topology was deleted.
        case noRoute
        /// No reply came in time.
        case deadlineExceeded
        /// There was no broker to take the job.
        case brokerUnavailable
        /// This process is ending.
        case shuttingDown
        /// The caller's task was cancelled.
        case cancelled
        /// A job with this message id is in flight.
        case duplicateMessage
        /// The body exceeds the limit of the connection.
        case messageTooLarge
    }

    package let code: Code
    /// False if no worker can have seen the job. True if one may have worked on it: only a second job with the same
    /// message id is then safe.
    package let mayHaveRun: Bool

    package init(_ code: Code, mayHaveRun: Bool) {
        self.code = code
        self.mayHaveRun = mayHaveRun
    }

    package var description: String { mayHaveRun ? "\(code.rawValue) (it may have run)" : code.rawValue }
}
