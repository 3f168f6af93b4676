import AuthorityKeeping
import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorage
import Logging
import Monitoring
import OperatorSignatures

/// The end of root keys whose waiting time is over, in small steps between batches.
///
/// The record of the operation in the store is all that drives it, so that workers may come, go and die. First the root key
/// goes out of the authority; then its versions are destroyed in the token and looked for; then the records of its keys lose
/// their material and are noted; then the ticket keys of the time of the order go; at last comes the report. Every one of
/// these is found done, or is done again. One worker is at it: who has claimed the operation within the last seconds.
extension BatchProcessor {
    /// So many keys are destroyed in one transaction.
    private static let deletionStep = 100
    /// So long do jobs wait for it at most, once a second.
    private static let deletionTime = Duration.milliseconds(200)

    /// Does a little of what there is to do. What fails is tried again.
    func continueDeletions() {
        do {
            try keeper.refresh()
            let running = try store.read { try $0.runningOperations(in: partition) }.filter {
                $0.operation.kind == .rootKeyDeletion
            }
            var due: [Timestamp] = []
            for stored in running {
                guard let found = try store.read({ try $0.deletion(stored.operation.identifier) }) else {
                    throw StoreError(.recordCorrupted, table: .rootKeyDeletions)
                }
                due.append(found.deletion.due)
                try continueDeletion(stored, found)
            }
            metrics.deletions(due: due, at: secondsNow)
            if complaints.deletion.isOver() { logger.notice("the deletion of a root key goes on") }
        } catch let error as StoreError where error.code == .conflict {
            // Another worker was first.
            claimedDeletion = nil
        } catch {
            complainOfDeletion("the deletion of a root key can't go on at the moment", "\(error)")
        }
    }

    private var secondsNow: Timestamp { Timestamp(secondsSince1970: clock() / 1_000) }

    private func complainOfDeletion(_ message: Logger.Message, _ reason: String) {
        guard let times = complaints.deletion.happened() else { return }
        logger.error(message, metadata: ["reason": "\(reason)", "times": "\(times)"])
    }

    private func continueDeletion(_ stored: StoredOperation, _ found: StoredDeletion) throws {
        switch DeletionDecision(found.deletion, keeper.authority, at: secondsNow) {
        case .wait: return
        case .stop:
            var stopped = stored
            stopped.operation.finish(.stopped, left: 0, report: [:], at: secondsNow)
            _ = try store.write { try $0.update(stopped) }
        case .begin(let rootKey): try begin(stored, rootKey)
        case .destroy(let rootKey):
            guard try !isWaitingForTicketKey(found.deletion), let claimed = try claim(stored) else { return }
            try destroy(rootKey, claimed, found)
        }
    }

    // MARK: - Whose turn it is

    private func claim(_ stored: StoredOperation) throws -> StoredOperation? {
        let now = secondsNow
        let isFree = now >= stored.pass.claimed.advanced(bySeconds: PassDecision.lease)
        guard claimedDeletion == stored.operation.identifier || isFree else { return nil }
        var next = stored
        next.pass.claimed = now
        let claimed = try store.write { try $0.update(next) }
        claimedDeletion = stored.operation.identifier
        return claimed
    }

    /// Whether nothing is left but a ticket key that is in use. Only set-up can put another in its place.
    private func isWaitingForTicketKey(_ deletion: RootKeyDeletion) throws -> Bool {
        guard keeper.authority.describe(deletion).isWaitingForTicketKey,
            try store.read({ try $0.objectCount(under: deletion.rootKey, before: .max) }) == 0
        else { return false }
        complainOfDeletion(
            "the deletion of a root key waits for another ticket key: keyferry-setup renew ticket",
            "the ticket key of the time when it was ordered is still in use"
        )
        return true
    }

    // MARK: - What is done

    private func begin(_ stored: StoredOperation, _ rootKey: RootKey) throws {
        var next = stored
        next.pass.claimed = secondsNow
        let instances = keeper.authority.instances.filter { $0.rootKey == rootKey.identifier }
        let event = event(.rootKeyDeletionBegin, stored.operation, nil, nil)
        try change(to: keeper.authority.deleting(rootKey), recording: [event]) { try $0.update(next) }
        claimedDeletion = stored.operation.identifier
        notices += [.rootKey(rootKey.identifier)] + instances.map { .instance($0.identifier) }
        logger.notice("a root key's waiting time is over: it is destroyed", metadata: ["root-key": "\(rootKey.name)"])
    }

    private func destroy(_ rootKey: RootKey, _ stored: StoredOperation, _ found: StoredDeletion) throws {
        var (stored, found) = (stored, found)
        let begin = ContinuousClock.now
        if found.deletion.tokenSerials.isEmpty { try destroyVersions(of: rootKey, &stored, &found) }
        while try destroyKeys(under: rootKey, &stored) {
            guard begin.duration(to: .now) < Self.deletionTime else { return }
        }
        guard try destroyTicketKeys(&stored, found.deletion) else { return }
        try finish(stored, found, rootKey)
    }

    private func versions(of rootKey: RootKey) -> [RootKeyVersion] {
        keeper.authority.rootKeyVersions.filter { $0.rootKey == rootKey.identifier }.sorted { $0.version < $1.version }
    }

    private func destroyVersions(
        of rootKey: RootKey,
        _ stored: inout StoredOperation,
        _ found: inout StoredDeletion
    ) throws {
        for version in versions(of: rootKey) {
            let label = HSMSession.rootKeyVersionLabel(rootKey: rootKey.identifier.text, version: version.version)
            try hsm.destroyRootKeyVersion(try .required(version.tokenKeyID), label: label)
        }
        guard let serial = hsm.serial else { throw HSMError(.unavailable) }
        found.deletion.tokenSerials = [serial]
        var events = [event(.rootKeyDestroy, stored.operation, nil, nil)]
        try writing(&events) { [stored, found] transaction, _ in
            try transaction.update(found)
            try transaction.update(stored)
        }
        stored = try reread(stored)
    }

    /// Destroys some keys that were under the root key.
    ///
    /// - Returns: whether there were any.
    private func destroyKeys(under rootKey: RootKey, _ stored: inout StoredOperation) throws -> Bool {
        let keys = try store.read {
            try $0.objects(under: rootKey.identifier, before: .max, behind: nil, limit: Self.deletionStep)
        }
        guard !keys.isEmpty else { return false }
        let now = secondsNow
        var next = stored
        next.pass.claimed = now
        var events: [AuditEvent] = []
        try writing(&events) { transaction, events in
            for (position, object) in keys {
                let key = position.key
                let instance = keeper.authority.instance(key.instance)?.name ?? key.instance.text
                var name: String?
                switch object {
                case .success(let object):
                    name = object.givenName
                    try transaction.update(object.destroyedForRemoval(at: now), previousRevision: object.revision)
                    next.operation.done += 1
                    events.append(event(.keyDestroy, next.operation, key, nil))
                case .failure(let error) where error.code == .recordCorrupted:
                    try transaction.deleteUnreadable(key)
                    next.operation.failed += 1
                    events.append(event(.keyDestroy, next.operation, key, .recordCorrupted))
                case .failure(let error): throw error
                }
                let lost = LostKey(
                    instance: key.instance,
                    instanceName: instance,
                    identifier: key.identifier,
                    name: name
                )
                try transaction.insert(lost, of: next.operation.identifier)
            }
            try transaction.update(next)
        }
        stored = try reread(stored)
        return true
    }

    /// First nobody is told of them any more, then they are destroyed. A front that has a ticket for one makes another.
    ///
    /// - Returns: false where one is in use still.
    private func destroyTicketKeys(_ stored: inout StoredOperation, _ deletion: RootKeyDeletion) throws -> Bool {
        let left = keeper.authority.ticketKeys(of: deletion)
        guard !left.contains(where: { $0.status == .current }) else { return false }
        if !left.isEmpty {
            var next = keeper.authority
            next.ticketKeys.removeAll { left.contains($0) }
            let event = event(.ticketKeyDestroy, stored.operation, nil, nil)
            try change(to: next, recording: [event]) { [stored] in try $0.update(stored) }
            stored = try reread(stored)
        }
        for key in deletion.ticketKeys { try hsm.destroyKey(TokenKey(.ticketKey, try .required(key))) }
        return true
    }

    private func finish(_ stored: StoredOperation, _ found: StoredDeletion, _ rootKey: RootKey) throws {
        var (stored, found) = (stored, found)
        let now = secondsNow
        let losses = try store.read { try $0.losses(of: stored.operation.identifier) }
        let report = try report(stored.operation, found.deletion, rootKey, losses, at: now).encoded()
        let signature = try DetachedSignature(over: report, key: credential.key, certificate: credential.certificate)
        found.report = SignedDeletionReport(
            report: report,
            signature: signature.text,
            certificate: credential.certificate.der
        )
        stored.operation.finish(.done, left: stored.operation.failed, report: [:], at: now)
        var events = [event(.rootKeyDeletionEnd, stored.operation, nil, nil)]
        try writing(&events) { [stored, found] transaction, _ in
            try transaction.update(found)
            try transaction.update(stored)
        }
        claimedDeletion = nil
        logger.notice(
            "a root key is deleted",
            metadata: [
                "root-key": "\(rootKey.name)", "keys": "\(losses.count)", "operation": "\(stored.operation.identifier)",
            ]
        )
    }

    private func report(
        _ operation: BackgroundOperation,
        _ deletion: RootKeyDeletion,
        _ rootKey: RootKey,
        _ losses: [LostKey],
        at now: Timestamp
    ) -> RootKeyDeletionReport {
        let owners = deletion.owners.map { fingerprint in
            let name = keeper.authority.operators.first { $0.fingerprint == fingerprint }?.name
            return RootKeyDeletionReport.Named(name: name ?? "", identifier: fingerprint.description)
        }
        return RootKeyDeletionReport(
            partition: partition.text,
            operation: operation.identifier.text,
            rootKey: .init(name: rootKey.name, identifier: rootKey.identifier.text),
            orderedBy: owners,
            times: .init(
                ordered: operation.started.secondsSince1970,
                due: deletion.due.secondsSince1970,
                ended: now.secondsSince1970
            ),
            destroyed: (
                versions(of: rootKey).map {
                    .init(version: $0.version, tokenKey: Hexadecimal.encode($0.tokenKeyID))
                },
                deletion.ticketKeys.map { Hexadecimal.encode($0) },
                deletion.tokenSerials
            ),
            keys: losses.map { .init(instance: $0.instanceName, identifier: $0.identifier.text, name: $0.name) }
        )
    }

    /// An operation at the revision that this worker has just given it.
    private func reread(_ stored: StoredOperation) throws -> StoredOperation {
        guard let now = try store.read({ try $0.operation(stored.operation.identifier) }),
            now.operation.state == .running
        else { throw StoreError(.conflict, table: .operations) }
        return now
    }
}

extension ManagedObject {
    /// What vCenter calls the key's owner; the key's own name for other clients.
    fileprivate var givenName: String? {
        for name in [AttributeName("x-Name"), .name] {
            guard let value = attributes.first(where: { $0.name == name })?.value else { continue }
            if case .text(let text) = value.field("Name Value") ?? value { return text }
        }
        return nil
    }
}
