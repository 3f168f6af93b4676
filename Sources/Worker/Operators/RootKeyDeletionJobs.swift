import AuthorityKeeping
import Foundation
import KeyModel
import KeyStorage
import Logging

/// Operators' requests about the deletion of a root key. What happens when the waiting time is over is in
/// `BatchProcessor+Deletion`.
extension BatchProcessor {
    /// Takes a root key out of use and records the operation that will destroy it: never the one without the other.
    func orderDeletion(
        of rootKey: RootKey,
        _ signed: [SignedStatement],
        _ decided: OperatorChange
    ) throws -> JobReply? {
        let next = try keeper.authority.orderingDeletion(of: rootKey)
        let agreement = try acceptAgreement(signed, to: rootKey, decided)
        var operation = BackgroundOperation(
            stored: .init(identifier: rootKey.identifier.text, name: rootKey.name, targetVersion: nil),
            identifier: OperationIdentifier(UUID().uuidString.lowercased()),
            kind: .rootKeyDeletion,
            partition: partition,
            started: decided.now
        )
        let deletion = RootKeyDeletion(
            operation: operation.identifier,
            rootKey: rootKey.identifier,
            due: decided.now.advanced(bySeconds: Int64(rootKeyDeletionWaitSeconds)),
            owners: agreement.owners,
            ticketKeys: keeper.authority.ticketKeys.filter { $0.partition == partition }.map(\.tokenKeyID)
        )
        let answer = try store.read { transaction in
            next.describe(
                rootKey.with(.deleting),
                counts: try transaction.objectCounts(under: rootKey.identifier),
                rotation: nil,
                deletion: next.describe(deletion),
                retentionDays: rootKeyRetentionDays
            )
        }
        let change = change(to: next, .rootKey(.rootKey(answer)), .rootKeyDelete, rootKey)
        let approval = decided.event(change, .rootKeyDeleteApprove, by: agreement.agreeing.signer.fingerprint)
        return try enact(change, decided, approvals: [approval]) { transaction in
            try use(agreement.asking, in: transaction, at: decided.now)
            try use(agreement.agreeing, in: transaction, at: decided.now)
            operation.total = try transaction.objectCount(under: rootKey.identifier, before: .max)
            try transaction.insert(StoredOperation(operation))
            try transaction.insert(StoredDeletion(deletion))
        }
    }

    /// Ends a deletion before anything is destroyed.
    func restore(_ rootKey: RootKey, _ decided: OperatorChange) throws -> JobReply? {
        let running = try store.read { try runningDeletion(of: rootKey, $0) }
        let next = try keeper.authority.restoring(rootKey, due: running?.deletion.due, at: decided.now)
        let answer = try store.read { transaction in
            next.describe(
                rootKey.with(.suspended),
                counts: try transaction.objectCounts(under: rootKey.identifier),
                rotation: nil,
                retentionDays: rootKeyRetentionDays
            )
        }
        return try enact(change(to: next, .rootKey(.rootKey(answer)), .rootKeyRestore, rootKey), decided) {
            transaction in
            guard let running, var stored = try transaction.operation(running.deletion.operation) else {
                throw StoreError(.recordCorrupted, table: .operations)
            }
            stored.operation.finish(.stopped, left: 0, report: [:], at: decided.now)
            try transaction.update(stored)
        }
    }

    /// The deletion of a root key that waits, or is at work.
    func runningDeletion(of rootKey: RootKey, _ transaction: ReadTransaction) throws -> StoredDeletion? {
        guard rootKey.status == .deleting || rootKey.status == .deleted else { return nil }
        let operation = try transaction.runningOperations(in: partition).first {
            $0.operation.kind == .rootKeyDeletion && $0.operation.subject == rootKey.identifier.text
        }
        return try operation.flatMap { try transaction.deletion($0.operation.identifier) }
    }

    func deletionReport(of rootKey: RootKey, offset: Int) throws -> RootKeyAnswer {
        guard let report = try store.read({ try $0.endedDeletion(of: rootKey.identifier) })?.report else {
            throw OperationFailure(.deletionReportMissing)
        }
        guard let part = DeletionReportPart(of: report, offset: offset) else { throw OperationFailure(.invalidField) }
        return .deletionReport(part)
    }

    private func acceptAgreement(
        _ signed: [SignedStatement],
        to rootKey: RootKey,
        _ decided: OperatorChange
    ) throws(OperationFailure) -> KeyOwnersAgreement {
        let request = keeper.authority.deletionRequest(of: rootKey)
        let agreement = try verifying(
            for: decided.job.requester,
            in: decided.admitted.job,
            at: decided.now
        ) { verification throws(StatementRefusal) in
            try verification.agreement(signed, to: request)
        }
        guard let agreement else { throw OperationFailure(.secondKeyOwnerMissing) }
        return agreement
    }
}
