import Cryptography
import FaultPoints
package import JobSealing
package import JobTransport
package import KeyModel
package import Logging
import Synchronization

/// How a front talks to the workers of its partition.
package struct DispatchSettings: Sendable {
    /// Tells this process from others in logs and on status screens.
    package var name: String
    package var role: ServiceRole
    package var partition: PartitionName
    /// How long a caller waits for an answer, in milliseconds; at most 60 s.
    package var timeLimit: Int64

    package init(name: String, role: ServiceRole, partition: PartitionName, timeLimit: Int64) {
        self.name = name
        self.role = role
        self.partition = partition
        self.timeLimit = min(timeLimit, MessageHeader.longestDeadline)
    }
}

/// Seals jobs, sends them, and believes their replies. It holds the ticket and what was heard of the fleet, and nothing
/// that outlives the process.
package final class JobDispatcher: Sendable {
    /// A reply, and the ticket that keys in it are wrapped for.
    package struct Answer: Sendable {
        /// Nil where the caller had nothing to ask.
        package let reply: JobReply?
        package let ticket: IssuedTicket
        /// From the job's publication to its reply, with a second attempt where there was one; nil without a job.
        package let elapsed: Duration?
    }

    let settings: DispatchSettings
    let credential: ServiceCredential
    let logger: Logger
    let sender: JobSender
    let fleet: Mutex<FleetState>
    let gauges = FleetGauges()
    private let ticket = Mutex<IssuedTicket?>(nil)

    package init(settings: DispatchSettings, credential: ServiceCredential, sender: JobSender, logger: Logger) {
        self.settings = settings
        self.credential = credential
        self.sender = sender
        self.logger = logger
        self.fleet = Mutex(FleetState(partition: settings.partition))
    }

    /// The certificate by which workers know this front.
    package var identity: CertificateFingerprint { credential.fingerprint }

    /// Whether a job sent now would find a worker that says it can do it.
    package var isServing: Bool {
        fleet.withLock { $0.isServing(monotonic: ClockReading.monotonic) }
    }

    /// Why that is not so, in a line for people; nil exactly while `isServing`.
    package var whyNotServing: String? {
        fleet.withLock { $0.whyNotServing(monotonic: ClockReading.monotonic) }
    }

    /// Brings its metrics up to date, and its sender's, for a scrape.
    package func measure() {
        fleet.withLock { gauges.record($0, monotonic: ClockReading.monotonic) }
        sender.measure()
    }

    /// Sends one job and waits for its reply.
    ///
    /// - Parameter id: what the job's `requestID` says, in hexadecimal digits.
    package func perform(
        _ job: Job,
        in jobClass: JobSealing.JobClass,
        as id: MessageID
    ) async throws(DispatchError) -> Answer {
        try await perform(in: jobClass, as: id) { _ in job }
    }

    /// Makes a job for the present ticket, sends it and waits for its reply.
    ///
    /// A worker that can't open the ticket says so in clear; the job is then made once more for a new ticket, under the
    /// same message id, so that whatever happened to the first is not done twice.
    ///
    /// - Parameters:
    ///   - id: of the job's messages; the job's `requestID` is to say the same in hexadecimal digits, so that logs and the
    ///     audit trail can be followed from one process to the next.
    ///   - makeJob: returns nil where there is nothing to ask. May be called twice.
    package func perform(
        in jobClass: JobSealing.JobClass,
        as id: MessageID,
        _ makeJob: @Sendable (IssuedTicket) -> Job?
    ) async throws(DispatchError) -> Answer {
        let begin = ContinuousClock.now
        let deadline = ClockReading.wall + settings.timeLimit
        var retried = false
        while true {
            let ticket = try currentTicket()
            guard let job = makeJob(ticket) else { return Answer(reply: nil, ticket: ticket, elapsed: nil) }
            let header = MessageHeader(
                partition: settings.partition,
                jobClass: jobClass,
                messageID: id.bytes,
                deadline: fleet.withLock { $0.workersTime(wall: deadline) }
            )
            do throws(DispatchError) {
                let reply = try await exchange(job, header: header, localDeadline: deadline, ticket: ticket)
                if case .failure(let failure) = reply { throw DispatchError(refusal: failure) }
                return Answer(reply: reply, ticket: ticket, elapsed: begin.duration(to: .now))
            } catch {
                guard error.code == .notAccepted, !retried else { throw error }
                retried = true
                discard(ticket)
            }
        }
    }

    private func exchange(
        _ job: Job,
        header: MessageHeader,
        localDeadline: Int64,
        ticket: IssuedTicket
    ) async throws(DispatchError) -> JobReply {
        let sealed: SealedJobInFlight
        do {
            sealed = try ticket.seal(job, header: header)
        } catch {
            logger.error("a job could not be sealed", metadata: ["request": "\(job.requestID)", "error": "\(error)"])
            throw DispatchError(.internalFailure)
        }
        FaultPoint.jobSealed.reached()
        let bytes = try await send(sealed, localDeadline: localDeadline)
        FaultPoint.replyReceived.reached()
        do {
            let reply = try sealed.openReply(bytes)
            FaultPoint.replyOpened.reached()
            return reply
        } catch {
            logger.warning(
                "a reply is not believed",
                metadata: [
                    "request": "\(job.requestID)", "reason": "\(error)", "refusal": "\(error.refusal)",
                ]
            )
            throw DispatchError(error.code == .refusedInClear ? .notAccepted : .replyNotBelieved)
        }
    }

    private func currentTicket() throws(DispatchError) -> IssuedTicket {
        let monotonic = ClockReading.monotonic
        let (ticketKey, now) = fleet.withLock { fleet in
            (fleet.ticketKeyCertificate(monotonic: monotonic), fleet.workersTime(wall: ClockReading.wall))
        }
        guard let ticketKey else { throw DispatchError(.noHealthyWorker) }
        let keyFingerprint = CertificateFingerprint(SHA256.hash(ticketKey))
        do {
            return try ticket.withLock { current throws(SealingError) in
                if let current, now < current.renewAt, current.ticketKey == keyFingerprint { return current }
                let made = try credential.makeTicket(
                    ticketKey: ticketKey,
                    carriesTransportKey: settings.role == .gateway,
                    now: now
                )
                current = made
                logger.info("made a ticket")
                return made
            }
        } catch {
            logger.error("no ticket could be made", metadata: ["reason": "\(error)"])
            throw DispatchError(.internalFailure)
        }
    }

    private func discard(_ refused: IssuedTicket) {
        ticket.withLock { current in
            if current === refused { current = nil }
        }
    }
}
