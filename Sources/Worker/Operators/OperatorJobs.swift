import AuthorityKeeping
import Cryptography
import FaultPoints
import HSM
import JobSealing
import KeyModel
import KeyStorage
import Logging

/// Operators' jobs: one at a time, for they may change what the jobs after them are decided by.
extension BatchProcessor {
    /// - Returns: the reply; nil where another worker changed the authority in between, and it must be tried again.
    func carryOutOperators(_ admitted: AdmittedJob) throws(ExecutionError) -> JobReply? {
        guard case .operator(let job) = admitted.job.content else { return nil }
        let known = try outcomes(of: [admitted])[admitted.outcomeKey]
        switch OutcomeDecision(known, requestHash: admitted.requestHash) {
        case .refuse(let code): return .failure(OperationFailure(code))
        case .repeatAnswer(let reply):
            accounts[admitted.position, default: JobAccount()].isRepeat = true
            return reply
        case .execute: break
        }
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        do {
            try requireRole(job, at: now)
            switch job.request.effect {
            case .authority:
                try requireTag(job)
                return try change(job, of: admitted, at: now)
            case .rootKey:
                try requireTag(job)
                return try changeRootKey(job, of: admitted, at: now)
            case .objects: return try changeObjects(job, of: admitted)
            case .notes:
                try requireTag(job)
                return try checkRemovalStep(job, of: admitted, at: now)
            case .order:
                try requireTag(job)
                return try orderRevocation(job, of: admitted, at: now)
            case .none: return .operator(try answer(job.request))
            }
        } catch let failure as OperationFailure {
            logger.notice(
                "an operator's request is refused",
                metadata: ["request": "\(admitted.job.requestID)", "reason": "\(failure.code)"]
            )
            return .failure(failure)
        } catch let error as ExecutionError {
            throw error
        } catch let error as StoreError where error.code == .outcomeUnknown {
            throw .abandoned(.commitUnknown)
        } catch {
            throw .abandoned(.storeUnavailable)
        }
    }

    private func requireRole(_ job: OperatorJob, at now: Timestamp) throws(OperationFailure) {
        guard let requester = keeper.authority.operator(job.requester, at: now) else {
            throw OperationFailure(.operatorNotAuthorized)
        }
        let isAllowed = job.request.requiredRole.map(requester.roles.contains) ?? !requester.roles.isEmpty
        guard isAllowed else { throw OperationFailure(.operatorNotAuthorized) }
    }

    /// Whether what is to be changed is as the requester saw it. The change is committed only if the authority is still the
    /// one that was looked at here.
    private func requireTag(_ job: OperatorJob) throws(OperationFailure) {
        guard let expected = job.expectedTag else { return }
        guard keeper.authority.tag(changedBy: job.request, in: partition) == expected else {
            throw OperationFailure(.preconditionFailed)
        }
    }

    private func change(_ job: OperatorJob, of admitted: AdmittedJob, at now: Timestamp) throws -> JobReply? {
        let request = try resolved(job.request)
        let context = ChangeContext(
            requester: job.requester,
            sender: admitted.sender,
            trust: credential.trust,
            operatorsTrust: operatorsTrust,
            now: now,
            statement: try acceptStatement(of: job, in: admitted.job, at: now),
            keys: try store.read { try keys(neededFor: request, in: $0) }
        )
        let change = try keeper.authority.changed(by: request, in: context)
        return try enact(change, OperatorChange(job: job, admitted: admitted, now: now)) { transaction in
            guard try keys(neededFor: request, in: transaction).decidesAs(context.keys) else {
                throw StoreError(.conflict, table: .managedObjects)
            }
            if let statement = context.statement { try use(statement, in: transaction, at: now) }
        }
    }

    /// A statement is good for one change.
    func use(_ statement: AcceptedStatement, in transaction: WriteTransaction, at now: Timestamp) throws {
        do {
            try transaction.useNonce(statement.nonce, expires: statement.expires, at: now)
        } catch let error as StoreError where error.code == .alreadyExists {
            logger.warning("a signed statement was used before")
            throw OperationFailure(.statementNotAccepted)
        }
    }

    /// Makes a change of authority, with its audit record and its outcome.
    ///
    /// - Parameters:
    ///   - approvals: records of those who agreed to it, before its own.
    ///   - alongside: what else is written in the same transaction.
    /// - Returns: the reply; nil where another worker changed the authority in between, and nothing was done.
    /// - Throws: `OperationFailure` where nothing was done and that is the answer; what else is thrown leaves open whether
    ///   it was done.
    func enact(
        _ change: AuthorityChange,
        _ decided: OperatorChange,
        approvals: [AuditEvent] = [],
        alongside: (WriteTransaction) throws -> Void = { _ in }
    ) throws -> JobReply? {
        let event = decided.event(change)
        let executed = decided.executed(change, event)
        FaultPoint.operationsDone.reached()
        do {
            var chain = auditChain
            try keeper.change(to: change.next) { transaction in
                try alongside(transaction)
                try saveOutcome(executed, in: transaction)
                chain = try transaction.append(approvals + [event], to: chain)
                FaultPoint.changesWritten.reached()
            }
            FaultPoint.changesCommitted.reached()
            auditChain = chain
            metrics.audited(approvals.count + 1)
        } catch let error as StoreError where error.code == .conflict {
            return nil
        } catch let error as StoreError where error.code == .alreadyExists {
            throw OperationFailure(.alreadyExists)
        } catch let failure as OperationFailure {
            throw failure
        } catch {
            startNewAuditChain()
            throw error
        }
        notices += change.notices
        logger.notice(
            "authority changed",
            metadata: [
                "request": "\(event.requestID)", "action": "\(change.action.rawValue)",
                "generation": "\(keeper.authority.generation)",
            ]
        )
        return executed.reply
    }

    /// What the operator signed for the request, verified; nil for one that needs no signature.
    func acceptStatement(
        of request: OperatorJob,
        in job: Job,
        at now: Timestamp
    ) throws(OperationFailure) -> AcceptedStatement? {
        guard let needed = try keeper.authority.signature(neededFor: request.request, in: credential.trust) else {
            return nil
        }
        return try verifying(for: request.requester, in: job, at: now) { verification throws(StatementRefusal) in
            try verification.verify(needed.sent, as: needed.request)
        }
    }

    /// Looks at what operators signed for a request. Why it is refused is for the log.
    func verifying<Accepted>(
        for requester: CertificateFingerprint,
        in job: Job,
        at now: Timestamp,
        _ body: (StatementVerification) throws(StatementRefusal) -> Accepted
    ) throws(OperationFailure) -> Accepted {
        do {
            return try body(StatementVerification(authority: keeper.authority, requester: requester, now: now))
        } catch {
            logger.warning(
                "a signed statement is not accepted",
                metadata: ["request": "\(job.requestID)", "reason": "\(error.text)"]
            )
            throw OperationFailure(.statementNotAccepted)
        }
    }

    /// Goes on with an audit chain of its own after a commit of which it is not known whether it happened.
    func startNewAuditChain() {
        guard let identifier = try? RandomBytes.generate(count: 16) else { return }
        auditChain = AuditChain(startingAs: identifier)
    }
}

/// An operator's request that changes something, as far as its record goes.
struct OperatorChange {
    let job: OperatorJob
    let admitted: AdmittedJob
    let now: Timestamp

    func event(_ change: AuthorityChange) -> AuditEvent {
        event(change, change.action, by: job.requester)
    }

    /// - Parameter initiator: who did that part of it.
    func event(
        _ change: AuthorityChange,
        _ action: AuditEvent.Action,
        by initiator: CertificateFingerprint
    ) -> AuditEvent {
        AuditEvent(
            action: action,
            initiator: "Operator-\(initiator)",
            address: admitted.job.clientAddress,
            instance: change.instance,
            object: change.object,
            failure: nil,
            requestID: admitted.job.requestID,
            isRepeat: admitted.isRedelivered,
            time: now
        )
    }

    func executed(_ change: AuthorityChange, _ event: AuditEvent) -> ExecutedJob {
        var changes = JobChanges()
        changes.record(event)
        return ExecutedJob(job: admitted, reply: .operator(change.answer), changes: changes, savesOutcome: true)
    }
}
