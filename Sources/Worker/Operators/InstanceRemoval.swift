import AuthorityKeeping
import Cryptography
import KeyModel
import KeyStorage
import Logging

/// The rest of an instance's removal, which an operator has ordered: its keys are destroyed, some with each step, and
/// with the last of them the instance is gone.
///
/// Every step is a transaction of its own with an audit record for each key, and says in the store how far it came: a
/// worker that dies leaves the rest to the next step, its own or another's. No client can make keys meanwhile: one that is
/// `removing` serves nothing, and no job commits under an older authority.
extension BatchProcessor {
    /// So many keys are destroyed at once: jobs wait no longer for it than for a batch.
    static let removalStep = 100
    /// Who did it, for the record; who ordered it is in the record of the order.
    private static let remover = "keyferry-worker"

    /// Does one step for each instance that is being removed. What fails is tried again with the next.
    func continueRemovals() {
        for instance in keeper.authority.instances where instance.partition == partition && instance.status == .removing
        {
            do {
                let left = try store.read { transaction in
                    try transaction.objectsWithMaterial(in: instance.identifier, limit: Self.removalStep)
                }
                if left.isEmpty { try finishRemoval(of: instance) } else { try destroy(left, of: instance) }
            } catch let error as StoreError where error.code == .conflict {
                // Another worker took this step.
                continue
            } catch {
                logger.warning(
                    "the removal of an instance waits",
                    metadata: ["instance": "\(instance.name)", "error": "\(error)"]
                )
            }
        }
    }

    private func destroy(_ objects: [ObjectKey: Result<ManagedObject, StoreError>], of instance: Instance) throws {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        var events: [AuditEvent] = []
        var chain = auditChain
        do {
            try store.write { transaction in
                for (key, found) in objects.sorted(by: { $0.key.identifier.text < $1.key.identifier.text }) {
                    switch found {
                    case .success(let object):
                        try transaction.update(object.destroyedForRemoval(at: now), previousRevision: object.revision)
                        events.append(event(.keyDestroy, instance, key.identifier, nil, at: now))
                    case .failure(let error) where error.code == .recordCorrupted:
                        try transaction.deleteUnreadable(key)
                        events.append(event(.keyDestroy, instance, key.identifier, .recordCorrupted, at: now))
                    case .failure(let error): throw error
                    }
                }
                chain = try transaction.append(events, to: chain)
            }
        } catch {
            startNewAuditChain()
            throw error
        }
        auditChain = chain
        metrics.audited(events.count)
        logger.notice(
            "keys of an instance that is being removed are destroyed",
            metadata: ["instance": "\(instance.name)", "keys": "\(events.count)"]
        )
    }

    private func finishRemoval(of instance: Instance) throws {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        var next = keeper.authority
        next.instances.removeAll { $0.identifier == instance.identifier }
        let event = event(.instanceRemoved, instance, nil, nil, at: now)
        try change(to: next, recording: [event])
        notices.append(.instance(instance.identifier))
        logger.notice("an instance is removed", metadata: ["instance": "\(instance.name)"])
    }

    /// Makes a change of authority that no operator's job makes, with its audit records.
    ///
    /// - Parameter alongside: what else is written in the same transaction.
    func change(
        to next: Authority,
        recording events: [AuditEvent],
        alongside: (WriteTransaction) throws -> Void = { _ in }
    ) throws {
        var chain = auditChain
        do {
            try keeper.change(to: next) { transaction in
                try alongside(transaction)
                chain = try transaction.append(events, to: chain)
            }
        } catch {
            startNewAuditChain()
            throw error
        }
        auditChain = chain
        metrics.audited(events.count)
    }

    private func event(
        _ action: AuditEvent.Action,
        _ instance: Instance,
        _ object: UniqueIdentifier?,
        _ failure: OperationFailure.Code?,
        at now: Timestamp
    ) -> AuditEvent {
        AuditEvent(
            action: action,
            initiator: Self.remover,
            address: "",
            instance: instance.identifier,
            object: object,
            failure: failure,
            requestID: "",
            isRepeat: false,
            time: now
        )
    }
}

extension ManagedObject {
    /// Destroyed as its states allow: an active key is revoked first, for it goes out of use.
    func destroyedForRemoval(at now: Timestamp) throws(OperationFailure) -> ManagedObject {
        var object = self
        object.settle(at: now)
        if object.state == .active {
            let reason = RevocationReason(code: .cessationOfOperation, message: nil)
            try object.revoke(reason, occurrence: nil, at: now)
        }
        try object.destroy(at: now)
        return object
    }
}
