import AuthorityKeeping
import Foundation
import KeyModel
import KeyStorage
import Logging
import Monitoring

/// The revocation of many keys, which an operator has ordered: some with each step, in the background.
///
/// The record of the operation in the store is all that drives it: a key is taken off the order by the transaction that
/// revokes it, or finds that it is to be let alone. A worker that dies leaves the rest to the next step, its own or
/// another's; of two at once one learns that it was late.
extension BatchProcessor {
    /// So many keys are looked at in one transaction.
    private static let revocationStep = 100
    /// So long do jobs wait for it at most, once a second.
    private static let revocationTime = Duration.milliseconds(200)

    // MARK: - The order

    /// - Returns: the reply; nil where another writer was faster, and it must be tried again.
    func orderRevocation(_ job: OperatorJob, of admitted: AdmittedJob, at now: Timestamp) throws -> JobReply? {
        guard case .key(.revokeAll(let name, let keys, let reason, let notRetrievedSince)) = job.request else {
            preconditionFailure("no other request orders long work without changing the authority")
        }
        let instance = try keeper.authority.requireInstance(named: name, in: partition)
        let wanted = Set(keys)
        guard KeyChange.isSensible(reason), (1...RevocationOrder.mostKeys).contains(wanted.count),
            wanted.allSatisfy({ !$0.text.isEmpty && !$0.text.utf8.contains(0) })
        else { throw OperationFailure(.invalidField) }
        var operation = BackgroundOperation(
            stored: .init(identifier: instance.identifier.text, name: instance.name, targetVersion: nil),
            identifier: OperationIdentifier(UUID().uuidString.lowercased()),
            kind: .keyRevocation,
            partition: partition,
            started: now
        )
        operation.total = wanted.count
        let revocation = RevocationOrder(
            operation: operation.identifier,
            instance: instance.identifier,
            reason: reason,
            notRetrievedSince: notRetrievedSince,
            orderedBy: job.requester,
            requestID: admitted.job.requestID,
            address: admitted.job.clientAddress
        )
        var changes = JobChanges()
        changes.begin(StoredOperation(operation), revocation, wanted.sorted { $0.text < $1.text })
        changes.record(revocation.event(.keyRevokeOrder, key: nil, failure: nil, at: now))
        let executed = ExecutedJob(
            job: admitted,
            reply: .operator(.key(.revocation(operation))),
            changes: changes,
            savesOutcome: true
        )
        guard let done = try commit([executed]).committed.first else { return nil }
        logger.notice(
            "an operator has ordered keys to be revoked",
            metadata: [
                "request": "\(admitted.job.requestID)", "instance": "\(name)", "keys": "\(wanted.count)",
                "operation": "\(operation.identifier)",
            ]
        )
        return done.reply
    }

    // MARK: - Carrying it out

    /// Does a little of what there is to do. What fails is tried again.
    func continueRevocations() {
        do {
            let begin = ContinuousClock.now
            try keeper.refresh()
            let running = try store.read { try $0.runningOperations(in: partition) }.filter {
                $0.operation.kind == .keyRevocation
            }
            for stored in running {
                while begin.duration(to: .now) < Self.revocationTime, try revokeSome(of: stored.operation.identifier) {}
            }
            if complaints.revocation.isOver() { logger.notice("the revocation of keys goes on") }
        } catch let error as StoreError where error.code == .conflict {
            // Another worker took this step, or a client changed one of the keys: the next step looks again.
        } catch {
            guard let times = complaints.revocation.happened() else { return }
            logger.error(
                "the revocation of keys can't go on at the moment",
                metadata: ["reason": "\(error)", "times": "\(times)"]
            )
        }
    }

    /// - Returns: whether there is more to do.
    private func revokeSome(of operation: OperationIdentifier) throws -> Bool {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        var events: [AuditEvent] = []
        var isRunning = false
        try writing(&events) { transaction, events in
            guard var stored = try transaction.operation(operation), stored.operation.state == .running else { return }
            guard let revocation = try transaction.revocation(operation) else {
                throw StoreError(.recordCorrupted, table: .keyRevocations, key: operation.text)
            }
            let keys = try transaction.keysToRevoke(of: operation, limit: Self.revocationStep)
            events = try revoke(keys, revocation, in: transaction, at: now)
            let revoked = events.count { $0.failure == nil }
            stored.operation.done += revoked
            stored.operation.failed += keys.count - revoked
            isRunning = keys.count == Self.revocationStep
            if !isRunning {
                let left = stored.operation.failed
                stored.operation.finish(left == 0 ? .done : .failed, left: left, report: [:], at: now)
                events.append(revocation.event(.keyRevokeEnd, key: nil, failure: nil, at: now))
            }
            try transaction.update(stored)
        }
        return isRunning
    }

    /// - Returns: what is said of it: of each key that was revoked, and of each whose record is damaged.
    private func revoke(
        _ keys: [UniqueIdentifier],
        _ revocation: RevocationOrder,
        in transaction: WriteTransaction,
        at now: Timestamp
    ) throws -> [AuditEvent] {
        let objectKeys = keys.map { ObjectKey(instance: revocation.instance, identifier: $0) }
        let found = try transaction.objects(objectKeys)
        let retrievals = try transaction.lastRetrievals(objectKeys)
        var events: [AuditEvent] = []
        for key in objectKeys {
            switch found[key] {
            case .success(let object)?:
                if let revoked = revocation.revoked(object, lastRetrieved: retrievals[key], at: now) {
                    try transaction.update(revoked, previousRevision: object.revision)
                    events.append(revocation.event(.keyRevoke, key: key.identifier, failure: nil, at: now))
                }
            case .failure(let error)? where error.code == .recordCorrupted:
                events.append(revocation.event(.keyRevoke, key: key.identifier, failure: .recordCorrupted, at: now))
            case .failure(let error)?: throw error
            // There is no such key in the instance.
            case nil: break
            }
            try transaction.deleteKeyToRevoke(key.identifier, of: revocation.operation)
        }
        return events
    }
}

extension RevocationOrder {
    /// The key, revoked; nil for one that is let alone: it is not active, or was given out meanwhile.
    func revoked(_ object: ManagedObject, lastRetrieved: Timestamp?, at now: Timestamp) -> ManagedObject? {
        if let limit = notRetrievedSince, let lastRetrieved, lastRetrieved >= limit { return nil }
        var object = object
        object.settle(at: now)
        guard object.state == .active, (try? object.revoke(reason, occurrence: nil, at: now)) != nil else { return nil }
        return object
    }

    /// As if the operator who ordered it had asked for this key.
    func event(
        _ action: AuditEvent.Action,
        key: UniqueIdentifier?,
        failure: OperationFailure.Code?,
        at now: Timestamp
    ) -> AuditEvent {
        AuditEvent(
            action: action,
            initiator: "Operator-\(requester)",
            address: address,
            instance: instance,
            object: key ?? UniqueIdentifier(operation.text),
            failure: failure,
            requestID: requestID,
            isRepeat: false,
            time: now
        )
    }
}
