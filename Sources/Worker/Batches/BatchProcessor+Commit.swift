import AuthorityKeeping
import FaultPoints
import JobMessages
import JobSealing
import KeyModel
import KeyStorage
import Logging

/// Committing what was carried out.
extension BatchProcessor {
    /// Commits executed jobs in one transaction: objects, outcomes, retrievals, audit records.
    ///
    /// - Returns: those that are durable now, and those of which nothing was written because another writer was first.
    /// - Throws: `abandoned` where nothing of any job was written.
    func commit(
        _ executed: [ExecutedJob]
    ) throws(ExecutionError) -> (committed: [ExecutedJob], undone: [AdmittedJob]) {
        #if DEBUG
            if defect == .answersBeforeCommit { return answerFirst(executed) }
        #endif
        let writing = executed.filter { $0.savesOutcome || !$0.changes.events.isEmpty || !$0.changes.writes.isEmpty }
        let silent = executed.filter { !($0.savesOutcome || !$0.changes.events.isEmpty || !$0.changes.writes.isEmpty) }
        guard !writing.isEmpty else { return (silent, []) }
        FaultPoint.operationsDone.reached()
        do {
            let (committed, undone, chain) = try store.write { transaction in
                let written = try write(writing, in: transaction)
                FaultPoint.changesWritten.reached()
                return written
            }
            FaultPoint.changesCommitted.reached()
            auditChain = chain
            metrics.audited(committed.reduce(0) { $0 + $1.changes.events.count })
            return (silent + committed, undone)
        } catch let error as StoreError where error.code == .conflict && error.table == .authorityState {
            // Nothing was written. What was decided by an authority that is no longer in force is decided again.
            try refreshAuthority()
            return (silent, writing.map(\.job))
        } catch {
            logger.error("a commit failed", metadata: ["jobs": "\(writing.count)", "error": "\(error)"])
            // It may have been committed all the same: a chain must not be continued from where it is not known to be.
            startNewAuditChain()
            throw .abandoned((error as? StoreError)?.code == .outcomeUnknown ? .commitUnknown : .storeUnavailable)
        }
    }

    private func write(
        _ executed: [ExecutedJob],
        in transaction: WriteTransaction
    ) throws -> (committed: [ExecutedJob], undone: [AdmittedJob], chain: AuditChain) {
        // A worker that was paused must neither wrap under a version that was retired in the meantime, nor serve what is
        // suspended or was withdrawn since.
        try transaction.requireAuthority(at: keeper.authority.generation)
        // Read within the transaction: a worker that was paused until after the deadline may find that the outcome of
        // this very job, done by another, is forgotten already.
        let now = clock()
        let today = Timestamp(secondsSince1970: now / 1_000)
        var committed: [ExecutedJob] = []
        var undone: [AdmittedJob] = []
        // A job may have seen what one before it changed in memory. Once a change is not written, what comes behind it
        // must not tell of it, and is run again.
        var isUnfounded = false
        for job in executed {
            guard !isUnfounded else {
                undone.append(job.job)
                continue
            }
            guard now <= job.job.opened.header.deadline + JobAdmission.clockAllowance else {
                committed.append(job.refused(.deadlinePassed))
                isUnfounded = !job.changes.writes.isEmpty
                continue
            }
            do {
                try transaction.atomically {
                    try job.changes.apply(to: transaction, at: today)
                    if job.savesOutcome { try saveOutcome(job, in: transaction) }
                }
                committed.append(job)
            } catch let error as StoreError where error.isSomeoneElsesWrite {
                undone.append(job.job)
                isUnfounded = !job.changes.writes.isEmpty
            }
        }
        let chain = try transaction.append(committed.flatMap(\.changes.events), to: auditChain)
        return (committed, undone, chain)
    }

    func saveOutcome(_ job: ExecutedJob, in transaction: WriteTransaction) throws {
        #if DEBUG
            if defect == .ignoresOutcomes { return }
        #endif
        try transaction.saveOutcome(
            job.job.outcomeKey,
            requestHash: job.job.requestHash,
            outcome: job.reply.withoutKeyMaterial.serialized(),
            expiry: job.job.outcomeExpiry
        )
    }
}

extension ExecutedJob {
    /// The job with nothing done but a refusal.
    fileprivate func refused(_ code: OperationFailure.Code) -> ExecutedJob {
        ExecutedJob(
            job: job,
            reply: .failure(OperationFailure(code)),
            changes: JobChanges(),
            savesOutcome: false
        )
    }
}

extension StoreError {
    fileprivate var isSomeoneElsesWrite: Bool {
        code == .conflict || code == .nameNotUnique || code == .alreadyExists
    }
}
