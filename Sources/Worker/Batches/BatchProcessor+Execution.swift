import AuthorityKeeping
import Cryptography
import FaultPoints
import HSM
import JobMessages
import JobSealing
import KeyModel
import KeyStorage
import Logging

/// Carrying out admitted jobs.
extension BatchProcessor {
    /// So often is a job run again alone when another writer was faster.
    private static let mostConflicts = 5

    /// - Parameter deadline: no job is begun after it, but for the first.
    /// - Returns: each job that was begun with its reply; nil for one to be given back to the queue.
    func carryOut(_ jobs: [AdmittedJob], until deadline: ContinuousClock.Instant) -> [(AdmittedJob, JobReply?)] {
        var results: [(AdmittedJob, JobReply?)] = []
        var together: [AdmittedJob] = []
        var alone: [AdmittedJob] = []
        var seen: Set<OutcomeKey> = []
        for job in jobs {
            // What was delivered before may be what killed a worker; what changes authority changes it for the others.
            let isFirst = seen.insert(job.outcomeKey).inserted
            if job.isRedelivered || !isFirst || job.job.isOperators { alone.append(job) } else { together.append(job) }
        }
        let (done, undone) = accountingStore(for: together) { carryOutTogether(together, until: deadline) }
        results += done
        for job in undone + alone where results.isEmpty || ContinuousClock.now < deadline {
            results.append((job, accountingStore(for: [job]) { carryOutAlone(job) }))
        }
        return results
    }

    /// Runs jobs as one batch.
    ///
    /// - Returns: those that are done, and those to be run again alone.
    private func carryOutTogether(
        _ jobs: [AdmittedJob],
        until deadline: ContinuousClock.Instant,
        isSecondTime: Bool = false
    ) -> ([(AdmittedJob, JobReply?)], [AdmittedJob]) {
        guard !jobs.isEmpty else { return ([], []) }
        let generation = keeper.authority.generation
        var done: [(AdmittedJob, JobReply?)] = []
        do throws(ExecutionError) {
            let known = try outcomes(of: jobs)
            let view = makeView()
            try view.prefetch(namedObjects(jobs))
            var results: [ExecutedJob] = []
            for job in jobs where results.isEmpty || ContinuousClock.now < deadline {
                results.append(try execute(job, known: known[job.outcomeKey], in: view))
            }
            let (committed, undone) = try commit(results)
            done = committed.map { ($0.job, $0.reply) }
            guard keeper.authority.generation != generation, !isSecondTime else { return (done, undone) }
            // No job of the batch is at fault: all are decided anew, by the authority that is in force now.
            let (again, left) = carryOutTogether(undone, until: deadline, isSecondTime: true)
            return (done + again, left)
        } catch {
            logger.error("a batch is given up", metadata: ["jobs": "\(jobs.count)", "reason": "\(error)"])
            // A failure of the whole batch has no culprit yet: alone, each gets an answer of its own.
            if case .failure = error { return ([], jobs) }
            done = jobs.map { ($0, abandonment($0, error)) }
            return (done, [])
        }
    }

    private func makeView() -> BatchView {
        BatchView(store: store, mostRecords: limits.searchedRecords)
    }

    private func carryOutAlone(_ job: AdmittedJob) -> JobReply? {
        do throws(ExecutionError) {
            if job.isRedelivered, let refusal = try countAttempt(job) { return refusal }
            for _ in 0..<Self.mostConflicts {
                if job.job.isOperators, let reply = try carryOutOperators(job) { return reply }
                if !job.job.isOperators {
                    let known = try outcomes(of: [job])
                    let executed = try execute(job, known: known[job.outcomeKey], in: makeView())
                    if let done = try commit([executed]).committed.first { return done.reply }
                }
                try refreshAuthority()
            }
            return .failure(OperationFailure(.conflict))
        } catch {
            logger.error(
                "a job is given up",
                metadata: ["request": "\(job.job.requestID)", "reason": "\(error)"]
            )
            return abandonment(job, error)
        }
    }

    /// What to tell the sender of a job of which nothing was done. With the HSM lost, another worker may do better;
    /// with the store failing, none will. What may have been committed is answered by who finds its outcome, or nothing.
    private func abandonment(_ job: AdmittedJob, _ error: ExecutionError) -> JobReply? {
        switch error {
        case .failure(let failure): .failure(failure)
        case .abandoned(.hsmLost), .abandoned(.commitUnknown): nil
        case .abandoned(.storeUnavailable): .failure(OperationFailure(.storeUnavailable))
        }
    }

    func refreshAuthority() throws(ExecutionError) {
        do {
            try keeper.refresh()
        } catch {
            throw .abandoned(.storeUnavailable)
        }
    }

    func outcomes(
        of jobs: [AdmittedJob]
    ) throws(ExecutionError) -> [OutcomeKey: Result<StoredOutcome, StoreError>] {
        #if DEBUG
            if defect == .ignoresOutcomes { return [:] }
        #endif
        let keys = jobs.filter { $0.job.changesStore || $0.isRedelivered }.map(\.outcomeKey)
        guard !keys.isEmpty else { return [:] }
        let known = try usingStore { try store.read { try $0.outcomes(keys) } }
        FaultPoint.outcomesRead.reached()
        return known
    }

    private func namedObjects(_ jobs: [AdmittedJob]) -> Set<ObjectKey> {
        var keys: Set<ObjectKey> = []
        let today = Timestamp(secondsSince1970: clock() / 1_000)
        for case .kmip(let job) in jobs.map(\.job.content) {
            guard let instance = try? keeper.authority.client(job.client, at: today).instance else { continue }
            for identifier in job.operations.compactMap(\.identifier) where identifier.text.utf8.count <= 128 {
                keys.insert(ObjectKey(instance: instance.identifier, identifier: identifier))
            }
        }
        return keys
    }

    /// Counts an attempt at a job that was delivered before, durably and before it is begun.
    ///
    /// - Returns: the answer to a job whose attempts are used up.
    private func countAttempt(_ job: AdmittedJob) throws(ExecutionError) -> JobReply? {
        let known = try outcomes(of: [job])[job.outcomeKey]
        guard case .execute = OutcomeDecision(known, requestHash: job.requestHash) else { return nil }
        let attempts: Int
        do {
            attempts = try store.write { transaction in
                try transaction.countAttempt(
                    job.outcomeKey,
                    requestHash: job.requestHash,
                    expiry: job.outcomeExpiry
                )
            }
        } catch let error as StoreError where error.code == .conflict {
            // Another worker is at it: what it leaves is found by who looks again.
            return nil
        } catch {
            throw .abandoned(.storeUnavailable)
        }
        FaultPoint.attemptCommitted.reached()
        guard attempts > OutcomeDecision.mostAttempts else { return nil }
        logger.critical(
            "a job died with every worker that tried it; it is given up",
            metadata: ["request": "\(job.job.requestID)", "attempts": "\(attempts - 1)"]
        )
        let failure = OperationFailure(.attemptsExhausted)
        let executed = ExecutedJob(
            job: job,
            reply: .failure(failure),
            changes: abandonedJobRecord(job, failure),
            savesOutcome: true
        )
        _ = try commit([executed])
        return .failure(failure)
    }

    private func abandonedJobRecord(_ job: AdmittedJob, _ failure: OperationFailure) -> JobChanges {
        var changes = JobChanges()
        changes.record(
            AuditEvent(
                action: .jobAbandoned,
                initiator: "Service-\(job.sender)",
                address: job.job.clientAddress,
                instance: nil,
                object: nil,
                failure: failure.code,
                requestID: job.job.requestID,
                isRepeat: true,
                time: Timestamp(secondsSince1970: clock() / 1_000)
            )
        )
        return changes
    }
}

extension AdmittedJob {
    /// An operator's request is the same by whichever front it comes.
    var outcomeKey: OutcomeKey {
        OutcomeKey(sender: requester ?? sender, messageID: opened.header.messageID)
    }

    /// By which a second delivery is told from another request under the same message id. An operator who asks again may
    /// come from another address.
    var requestHash: [UInt8] {
        guard requester != nil else { return opened.requestHash }
        return SHA256.hash(Job(requestID: job.requestID, clientAddress: "", content: job.content).serialized())
    }

    private var requester: CertificateFingerprint? {
        if case .operator(let request) = job.content { request.requester } else { nil }
    }

    /// An outcome is kept this long after the job's deadline, in seconds: past every delivery and every difference of
    /// clocks.
    static let outcomeRetention: Int64 = 600

    var outcomeExpiry: Timestamp {
        Timestamp(secondsSince1970: opened.header.deadline / 1_000 + Self.outcomeRetention)
    }
}

extension Job {
    var isOperators: Bool {
        if case .operator = content { true } else { false }
    }

    var operationCount: Int {
        if case .kmip(let job) = content { max(1, job.operations.count) } else { 1 }
    }
}
