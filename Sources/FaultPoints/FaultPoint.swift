#if DEBUG
    /// The places between two steps of a job where a debug build can be made to die or to stand still, each named after
    /// what is done when it is reached. `FaultOrder` says how one is armed.
    ///
    /// A point is one line: `FaultPoint.jobSealed.reached()`. A release build has neither the points nor a call.
    package enum FaultPoint: String, CaseIterable, Sendable {
        // A front's, in the order of a request.
        case requestDecoded = "gateway.request-decoded"
        case jobSealed = "gateway.job-sealed"
        /// The connection to the broker has it to send.
        case jobHandedOver = "gateway.job-handed-over"
        /// The broker has it.
        case jobConfirmed = "gateway.job-confirmed"
        case replyReceived = "gateway.reply-received"
        case replyOpened = "gateway.reply-opened"
        /// Nothing of it is written into the client's connection yet.
        case responseEncoded = "gateway.response-encoded"

        // A worker's, in the order of a batch.
        case batchReceived = "worker.batch-received"
        case jobsAdmitted = "worker.jobs-admitted"
        /// Of a job that was delivered before.
        case attemptCommitted = "worker.attempt-committed"
        case outcomesRead = "worker.outcomes-read"
        case recordsRead = "worker.records-read"
        /// By the HSM and in memory.
        case operationsDone = "worker.operations-done"
        /// Inside the transaction.
        case changesWritten = "worker.changes-written"
        case changesCommitted = "worker.changes-committed"
        case repliesSealed = "worker.replies-sealed"
        /// The connection to the broker has them to send.
        case repliesHandedOver = "worker.replies-handed-over"
        /// The broker has some of them.
        case repliesConfirmed = "worker.replies-confirmed"
        /// The connection to the broker has the acknowledgements to send.
        case jobsAcknowledged = "worker.jobs-acknowledged"

        package func reached() {
            FaultTrap.armed?.passed(self)
        }
    }
#else
    /// In a release build every point is the same nothing, and no name of one is compiled.
    ///
    /// Public, unlike all else: only of public declarations does the compiler carry the body into other modules, where
    /// it disappears.
    @dynamicMemberLookup
    public struct FaultPoint: Sendable {
        @inlinable
        public init() {}

        @inlinable
        public static subscript(dynamicMember name: StaticString) -> FaultPoint { FaultPoint() }

        @inlinable
        public func reached() {}
    }
#endif
