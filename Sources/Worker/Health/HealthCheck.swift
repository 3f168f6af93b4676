import AuthorityKeeping
import HSM
import JobSealing
import KeyModel
import KeyStorage
import Logging
import Monitoring

/// Health that was tried out, not assumed: a real unwrap under every live root key version, a real write to the store.
extension BatchProcessor {
    /// What the next heartbeat says.
    ///
    /// - Throws: an `HSMError` that is permanent, such as a wrong PIN: the process must end, and not be restarted.
    func examine(workerName: String) throws(HSMError) -> WorkerVitals {
        try maintainHSM()
        var health = Heartbeat.Health.healthy
        if !canWriteToStore(workerName) { health = .storeFailing }
        if !canUnwrapCanaries() { health = .hsmFailing }
        metrics.examine(keeper.authority, now: clock() / 1_000)
        keepCertificateCalendar()
        let ticketKey = keeper.authority.ticketKeys.first { $0.partition == partition && $0.status == .current }
        return WorkerVitals(
            health: health,
            authorityGeneration: keeper.authority.generation,
            ticketKeyCertificate: ticketKey?.certificate ?? [],
            hsmSessions: hsm.isAvailable ? 1 : 0,
            jobsDone: jobsDone
        )
    }

    /// Recycles the module when it is due and replaces a lost session.
    func maintainHSM() throws(HSMError) {
        do {
            try hsm.maintain()
        } catch {
            guard !error.isPermanent else { throw error }
            complain(\.hsm, "the HSM can't be used", ["error": "\(error)"])
        }
        if let refusal = hsm.refusal { throw HSMError(refusal) }
    }

    private func canWriteToStore(_ workerName: String) -> Bool {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        do {
            let notes = certificateNotes.due(at: now)
            try store.write { transaction in
                try transaction.probe(worker: workerName, at: now)
                try transaction.markSeen(notes.used, at: now)
                try transaction.markRefused(notes.refused)
                if now.secondsSince1970 % Self.outcomePruning == 0 {
                    try transaction.removeExpiredOutcomes(before: now)
                    try transaction.pruneCertificateNotes(at: now)
                    try transaction.pruneRemovalChecks()
                }
            }
            certificateNotes.written(notes, at: now)
            try keeper.refresh()
            if complaints.store.isOver() { logger.notice("the key store can be used again") }
            return true
        } catch {
            complain(\.store, "the key store can't be used", ["error": "\(error)"])
            return false
        }
    }

    /// What is wrong again with every heartbeat is told once, and then once a minute.
    private func complain(
        _ complaint: WritableKeyPath<HealthComplaints, RepeatedEvent>,
        _ message: Logger.Message,
        _ metadata: Logger.Metadata
    ) {
        guard let times = complaints[keyPath: complaint].happened() else { return }
        logger.error(message, metadata: metadata.merging(["times": "\(times)"]) { $1 })
    }

    /// Outcomes whose time is over are removed once in so many seconds.
    private static var outcomePruning: Int64 { 60 }

    /// Whether every live version of every active root key can be used. Suspended ones do not count: operators must be able
    /// to reach a worker to resume them. Where none is active, the token must at least answer.
    private func canUnwrapCanaries() -> Bool {
        guard hsm.isAvailable else { return false }
        let active = Set(keeper.authority.rootKeys.filter { $0.status == .active }.map(\.identifier))
        let live = keeper.authority.rootKeyVersions.filter { $0.isLive && active.contains($0.rootKey) }
        for version in live {
            do {
                guard let key = TokenKeyIdentifier(version.tokenKeyID) else { return false }
                try hsm.unwrapCanary(version.canary, under: key)
            } catch {
                complain(
                    \.rootKey,
                    "a root key version can't be used",
                    ["root-key": "\(version.rootKey)", "version": "\(version.version)", "error": "\(error)"]
                )
                return false
            }
        }
        if live.isEmpty {
            do {
                _ = try hsm.random(count: 16)
            } catch {
                complain(\.hsm, "the HSM can't be used", ["error": "\(error)"])
                return false
            }
        }
        complaints.hsm.isOver()
        if complaints.rootKey.isOver() { logger.notice("every root key version can be used again") }
        return true
    }
}

/// What the log was told of this worker's health.
struct HealthComplaints {
    var hsm = RepeatedEvent()
    var store = RepeatedEvent()
    var rootKey = RepeatedEvent()
    /// Keys could not be moved under another version of their root key.
    var rotation = RepeatedEvent()
    /// A retired version whose time is over could not be destroyed.
    var expiredVersions = RepeatedEvent()
    /// The deletion of a root key could not go on.
    var deletion = RepeatedEvent()
    /// The revocation of keys that was ordered could not go on.
    var revocation = RepeatedEvent()
}
