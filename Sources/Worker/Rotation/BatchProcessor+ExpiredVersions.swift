import AuthorityKeeping
import HSM
import KeyModel
import KeyStorage
import Logging
import Monitoring

/// The end of retired root key versions: when their time is over and no key is under them.
///
/// The version's record is all that drives it, in three steps: the version becomes `destroying`, which nothing uses; its key
/// is destroyed in the token; it becomes `destroyed`. A worker that dies in between leaves the rest to the next look, its own
/// or another's: what is gone from the token already is no error.
extension BatchProcessor {
    /// Who did it, for the record.
    private static let destroyer = "keyferry-worker"

    /// Does what is due. What fails is tried again with the next call.
    func destroyExpiredVersions() {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        var isWell = true
        for version in keeper.authority.versions(.destroying, in: partition) {
            isWell = attempt(version) { try destroy(version, at: now) } && isWell
        }
        let expired = keeper.authority.expiredVersions(
            in: partition,
            retentionDays: rootKeyRetentionDays,
            at: now
        )
        for version in expired {
            isWell = attempt(version) { try giveUp(version, at: now) } && isWell
        }
        if isWell { complaints.expiredVersions.isOver() }
    }

    /// - Returns: false where something is wrong.
    private func attempt(_ version: RootKeyVersion, _ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch let error as StoreError where error.code == .conflict {
            // Another worker took this step, or the version got a key: the next look tells.
            return true
        } catch {
            guard let times = complaints.expiredVersions.happened() else { return false }
            logger.error(
                "a retired root key version can't be destroyed at the moment",
                metadata: [
                    "root-key": "\(version.rootKey)", "version": "\(version.version)", "error": "\(error)",
                    "times": "\(times)",
                ]
            )
            return false
        }
    }

    private func giveUp(_ version: RootKeyVersion, at now: Timestamp) throws {
        guard try !store.read({ try $0.hasObjects(under: version.rootKey, version: version.version) }) else {
            if versionsStillNeeded.insert(version).inserted {
                logger.notice(
                    "a retired root key version stays beyond its time, for keys are under it: rotate the root key again",
                    metadata: ["root-key": "\(version.rootKey)", "version": "\(version.version)"]
                )
            }
            return
        }
        try set(version, to: .destroying, as: .rootKeyVersionDestroy, at: now) { transaction in
            guard try !transaction.hasObjects(under: version.rootKey, version: version.version) else {
                throw StoreError(.conflict, table: .managedObjects)
            }
        }
    }

    private func destroy(_ version: RootKeyVersion, at now: Timestamp) throws {
        try hsm.destroyRootKeyVersion(
            try .required(version.tokenKeyID),
            label: HSMSession.rootKeyVersionLabel(rootKey: version.rootKey.text, version: version.version)
        )
        try set(version, to: .destroyed, as: .rootKeyVersionDestroyed, at: now)
        logger.notice(
            "a retired root key version is destroyed",
            metadata: ["root-key": "\(version.rootKey)", "version": "\(version.version)"]
        )
    }

    private func set(
        _ version: RootKeyVersion,
        to status: RootKeyVersion.Status,
        as action: AuditEvent.Action,
        at now: Timestamp,
        requiring condition: (WriteTransaction) throws -> Void = { _ in }
    ) throws {
        let event = AuditEvent(
            action: action,
            initiator: Self.destroyer,
            address: "",
            instance: nil,
            object: UniqueIdentifier("\(version.rootKey.text)/\(version.version)"),
            failure: nil,
            requestID: "",
            isRepeat: false,
            time: now
        )
        try change(to: keeper.authority.setting(version, to: status), recording: [event], alongside: condition)
        notices.append(.rootKey(version.rootKey))
    }
}
