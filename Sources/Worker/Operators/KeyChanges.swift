import KeyModel
import KeyStorage
import Logging

/// Operators' requests that change keys. They are committed as clients' are: the key, the outcome and the audit record
/// at once, if the key is still as it was read.
extension BatchProcessor {
    /// - Returns: the reply; nil where another writer was faster, and it must be tried again.
    func changeObjects(_ job: OperatorJob, of admitted: AdmittedJob) throws -> JobReply? {
        guard case .key(let request) = job.request, let change = KeyChange(request) else {
            preconditionFailure("no other request changes objects")
        }
        let key = try requireKey(change.key, ofInstance: change.instance)
        var object = try requireObject(key)
        guard job.expectedTag.map({ $0 == object.tag }) ?? true else { throw OperationFailure(.preconditionFailed) }
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        try change.apply(to: &object, at: now)
        let lastRetrieved = try store.read { try $0.lastRetrievals([key])[key] }
        var changes = JobChanges()
        let changed = changes.update(object)
        changes.record(
            AuditEvent(
                action: change.action,
                initiator: "Operator-\(job.requester)",
                address: admitted.job.clientAddress,
                instance: key.instance,
                object: key.identifier,
                failure: nil,
                requestID: admitted.job.requestID,
                isRepeat: admitted.isRedelivered,
                time: now
            )
        )
        let executed = ExecutedJob(
            job: admitted,
            reply: .operator(.key(.changed(KeyDescription(changed, lastRetrieved: lastRetrieved)))),
            changes: changes,
            savesOutcome: true
        )
        guard let done = try commit([executed]).committed.first else { return nil }
        logger.notice(
            "an operator changed a key",
            metadata: [
                "request": "\(admitted.job.requestID)", "action": "\(change.action.rawValue)",
                "instance": "\(change.instance)", "key": "\(key.identifier)",
            ]
        )
        return done.reply
    }

    private func requireObject(_ key: ObjectKey) throws -> ManagedObject {
        switch try store.read({ try $0.objects([key])[key] }) {
        case nil: throw OperationFailure(.keyNotFound)
        case .success(let object)?: return object
        case .failure(let error)?:
            throw error.code == .recordCorrupted ? OperationFailure(.recordCorrupted) : error
        }
    }
}
