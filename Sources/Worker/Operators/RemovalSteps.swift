import AuthorityKeeping
import KeyModel
import KeyStorage

/// The steps of an instance's removal, as operators check them off.
extension BatchProcessor {
    func removalProgress(of name: String) throws -> RemovalProgress {
        let instance = try keeper.authority.requireInstance(named: name, in: partition)
        return try store.read { try removalProgress(of: instance, try checks(of: instance, $0), $0) }
    }

    /// - Returns: the reply; nil where another writer was faster, and it must be tried again.
    func checkRemovalStep(_ job: OperatorJob, of admitted: AdmittedJob, at now: Timestamp) throws -> JobReply? {
        guard case .instance(.checkRemovalStep(let name, let step, let isChecked)) = job.request else {
            preconditionFailure("no other request is a note")
        }
        let instance = try keeper.authority.requireInstance(named: name, in: partition)
        let check = RemovalCheck(step: step, operator: job.requester, operatorName: nil, time: now)
        let progress = try store.read { transaction in
            let others = try checks(of: instance, transaction).filter { $0.step != step }
            return try removalProgress(of: instance, others + (isChecked ? [check] : []), transaction)
        }
        var changes = JobChanges()
        if isChecked {
            changes.check(check, of: instance.identifier)
        } else {
            changes.uncheck(step, of: instance.identifier)
        }
        changes.record(
            AuditEvent(
                action: isChecked ? .removalStepCheck : .removalStepUncheck,
                initiator: "Operator-\(job.requester)",
                address: admitted.job.clientAddress,
                instance: instance.identifier,
                object: UniqueIdentifier(step.rawValue),
                failure: nil,
                requestID: admitted.job.requestID,
                isRepeat: admitted.isRedelivered,
                time: now
            )
        )
        let executed = ExecutedJob(
            job: admitted,
            reply: .operator(.instance(.removalSteps(progress))),
            changes: changes,
            savesOutcome: true
        )
        return try commit([executed]).committed.first?.reply
    }

    private func checks(of instance: Instance, _ transaction: ReadTransaction) throws -> [RemovalCheck] {
        do {
            return try transaction.removalChecks(of: instance.identifier)
        } catch let error as StoreError where error.code == .recordCorrupted {
            throw OperationFailure(.recordCorrupted)
        }
    }

    private func removalProgress(
        of instance: Instance,
        _ checks: [RemovalCheck],
        _ transaction: ReadTransaction
    ) throws -> RemovalProgress {
        let authority = keeper.authority
        let names = Dictionary(authority.operators.map { ($0.fingerprint, $0.name) }, uniquingKeysWith: { $1 })
        let others = authority.instances.filter {
            $0.rootKey == instance.rootKey && $0.identifier != instance.identifier && instance.rootKey != nil
        }
        return RemovalProgress(
            description: try describe(instance, transaction),
            checks: checks.map { $0.named(names[$0.operator]) },
            lastUse: try lastUse(of: instance, transaction),
            rootKey: (
                authority.rootKeys.first { $0.identifier == instance.rootKey }?.name, others.map(\.name).sorted()
            )
        )
    }
}
