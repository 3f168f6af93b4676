import AuthorityKeeping
import Cryptography
import FaultPoints
import HSM
import JobMessages
import JobSealing
import JobTransport
import KeyModel
import KeyStorage
import Logging
import Monitoring

/// Does the work of a worker: a batch of sealed jobs in, what becomes of each out.
///
/// Thread: it belongs to the one thread that calls the HSM. It blocks.
///
/// A batch goes through five steps: open and admit each job; look up what is known of their message ids; read all
/// objects that they name; carry out the operations, with the HSM and in memory; commit all changes, outcomes and audit
/// records in one transaction. Only then is there an answer to anything: no key leaves before its audit record is
/// durable, and no identifier before its key is.
///
/// What would take too long for one turn is left for the next.
final class BatchProcessor {
    /// The worker's identity: it signs reports.
    let credential: ServiceCredential
    let partition: PartitionName
    let operatorsTrust: OperatorsTrust
    let hsm: HSMSession
    let store: KeyStore
    let keeper: AuthorityKeeper
    let logger: Logger
    /// Milliseconds since 1970.
    let clock: @Sendable () -> Int64
    private var tickets: TicketCache<HSMTicketOpener>
    var auditChain: AuditChain
    private(set) var jobsDone: UInt64 = 0
    /// Changes of authority that fronts must hear of, since they were last taken.
    var notices: [ChangeNotice.Subject] = []
    let metrics = WorkerMetrics()
    /// What the jobs of the present batch cost, by their places in it.
    var accounts: [Int: JobAccount] = [:]
    var complaints = HealthComplaints()
    /// What is known of client certificates beside the authority, and not written yet.
    var certificateNotes = CertificateNotes()
    var certificateCalendar = CertificateCalendar()
    /// The keys that this worker has taken upon itself to move under another version of their root key.
    var rewrapping: Rewrapping?
    /// Retired versions that the log was told stay for the keys under them.
    var versionsStillNeeded: Set<RootKeyVersion> = []
    /// The deletion of a root key that this worker is at.
    var claimedDeletion: OperationIdentifier?
    /// So long can a root key whose deletion is ordered be restored.
    var rootKeyDeletionWaitSeconds = 604_800
    /// So long are retired versions of root keys kept.
    var rootKeyRetentionDays = 90
    /// The pair in the token whose public half root keys are wrapped under to be imported; nil where the configuration names
    /// none.
    var rootKeyImportKey: TokenKey?
    var limits = WorkLimits()
    private var authorityComplaint = RepeatedEvent()
    #if DEBUG
        var defect = WorkerDefect.installed
        /// What was answered and is not committed, by a worker that does that.
        var unwritten: [ExecutedJob] = []
    #endif

    init(
        parts: WorkerParts,
        credential: ServiceCredential,
        operatorsTrust: OperatorsTrust,
        bootID: [UInt8],
        clock: @escaping @Sendable () -> Int64
    ) {
        self.credential = credential
        self.partition = credential.trust.partition
        self.operatorsTrust = operatorsTrust
        self.hsm = parts.hsm
        self.store = parts.store
        self.keeper = parts.keeper
        self.logger = parts.logger
        self.clock = clock
        self.tickets = TicketCache(trust: credential.trust)
        self.auditChain = AuditChain(startingAs: bootID)
    }

    /// - Returns: for each job, in order, what becomes of it; nil for one that is to be brought again with the next turn.
    ///   At least one is not.
    func process(_ batch: [ReceivedJob]) -> [Disposition?] {
        var dispositions = [Disposition?](repeating: nil, count: batch.count)
        let (begin, hsmBefore) = (ContinuousClock.now, hsm.busy)
        accounts = [:]
        #if DEBUG
            writeAnswered()
        #endif
        do {
            try keeper.refresh()
            authorityComplaint.isOver()
        } catch {
            for _ in batch { metrics.count(.unopened, .givenBack) }
            if let times = authorityComplaint.happened() {
                logger.error(
                    "no authority to decide by; jobs are given back",
                    metadata: ["error": "\(error)", "times": "\(times)"]
                )
            }
            return batch.map { _ in .giveBack }
        }
        tickets.releaseForgotten(with: HSMTicketOpener(hsm: hsm, authority: keeper.authority))
        var admitted: [AdmittedJob] = []
        var operations = 0
        for (position, received) in batch.enumerated() where operations < limits.operations {
            switch accounting(for: position, { admit(received, at: position) }) {
            case .success(let job):
                operations += job.job.operationCount
                admitted.append(job)
            case .failure(let refusal):
                dispositions[position] = refusal.disposition
                metrics.count(.unopened, refusal.disposition == .giveBack ? .givenBack : .refused)
            }
        }
        FaultPoint.jobsAdmitted.reached()
        for (job, reply) in carryOut(admitted, until: begin + limits.turn) {
            dispositions[job.position] = disposition(of: job, reply)
            jobsDone += 1
            report(job, reply, batch: batch.count)
        }
        metrics.batchDone(begin.duration(to: .now), hsm: hsm.busy - hsmBefore)
        FaultPoint.repliesSealed.reached()
        return dispositions
    }

    private func disposition(of job: AdmittedJob, _ reply: JobReply?) -> Disposition {
        guard let reply else { return .giveBack }
        do {
            let sealed = try job.opened.seal(reply)
            guard sealed.count > JobConsumer.largestReply else { return .reply(sealed) }
            logger.error(
                "a reply is too large for a message",
                metadata: ["request": "\(job.job.requestID)", "bytes": "\(sealed.count)"]
            )
            return .reply(try job.opened.seal(.failure(OperationFailure(.replyTooLarge))))
        } catch {
            logger.error("a reply could not be sealed", metadata: ["request": "\(job.job.requestID)"])
            return .drop
        }
    }
}

/// Admission.
extension BatchProcessor {
    struct Refusal: Error {
        let disposition: Disposition
    }

    private func admit(_ received: ReceivedJob, at position: Int) -> Result<AdmittedJob, Refusal> {
        let now = clock()
        let admission = JobAdmission(partition: partition, authority: keeper.authority, now: now)
        var messageID = received.messageID
        let opened: OpenedJob<TransportKeyReference>
        do throws(SealingError) {
            let unopened = try UnopenedJob(received.body)
            messageID = unopened.header.messageID
            try admission.check(unopened.header)
            let opener = HSMTicketOpener(hsm: hsm, authority: keeper.authority)
            let ticket = try tickets.ticket(unopened.ticket, now: now, opener: opener)
            opened = try unopened.open(with: ticket)
        } catch {
            if error.code == .hsmUnavailable { return .failure(Refusal(disposition: .giveBack)) }
            logger.warning(
                "a job is refused unopened",
                metadata: ["reason": "\(error)", "request": "\(Hexadecimal.encode(messageID))"]
            )
            return .failure(Refusal(disposition: .reply(ClearReply.refusing(messageID, because: error))))
        }
        accounts[position, default: JobAccount()].wait = JobAccount.wait(
            deadline: opened.header.deadline,
            expiration: received.expiration,
            now: now
        )
        let job: Job
        do {
            job = try opened.job()
        } catch {
            let code: OperationFailure.Code = error == .notUnderstood ? .jobNotUnderstood : .invalidField
            return .failure(refusal(opened, OperationFailure(code), request: Hexadecimal.encode(messageID)))
        }
        do {
            try admission.check(opened, job)
        } catch {
            return .failure(refusal(opened, error, request: job.requestID))
        }
        return .success(
            AdmittedJob(position: position, opened: opened, job: job, isRedelivered: received.isRedelivered)
        )
    }

    private func refusal(
        _ opened: OpenedJob<TransportKeyReference>,
        _ failure: OperationFailure,
        request: String
    ) -> Refusal {
        logger.warning(
            "a job is refused",
            metadata: [
                "request": "\(request)", "sender": "\(opened.ticket.sender.fingerprint)",
                "reason": "\(failure.code)",
            ]
        )
        guard let sealed = try? opened.seal(.failure(failure)) else { return Refusal(disposition: .drop) }
        return Refusal(disposition: .reply(sealed))
    }
}
