import AuthorityKeeping
import BlockingExecution
import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorage
import Logging

/// The one thread of a worker that calls the HSM and the store, as an actor: whatever runs in it runs alone.
actor WorkerCore {
    private let executor = BlockingExecutor(name: "worker")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let name: String
    private var processor: BatchProcessor?
    private var signer: FleetSigner?

    init(name: String) {
        self.name = name
    }

    /// Opens token and store, checks every key that will be used, and loads the authority.
    ///
    /// - Throws: `HSMError`, `StoreError`, `AuthorityError`, `SealingError`, or `ServiceFailure` about the PIN file: the
    ///   worker can't start.
    func open(_ plan: WorkerPlan, credential: ServiceCredential) throws {
        let logger = plan.logger
        var settings = plan.hsm
        settings.pinFile = PINFileState(of: plan.pinFile)
        let pin = try plan.readPIN()
        let hsm = try HSMSession(settings: settings, pin: pin, logger: logger)
        let store = try KeyStore(
            engine: try plan.makeEngine(),
            recordKey: try .derived(from: plan.recordMACKey, in: hsm)
        )
        let keeper = try AuthorityKeeper(store: store, hsm: hsm, logger: logger)
        let importKey = plan.rootKeyImportKey.map { TokenKey(.rootKeyImportKey, $0) }
        let keys = [TokenKey(.recordMACKey, plan.recordMACKey)] + [importKey].compactMap { $0 }
        try hsm.check(try keys + keeper.authority.tokenKeys())
        let parts = WorkerParts(hsm: hsm, store: store, keeper: keeper, logger: logger)
        let signer = try FleetSigner(credential: credential, name: name)
        processor = BatchProcessor(
            parts: parts,
            credential: credential,
            operatorsTrust: plan.operatorsTrust,
            bootID: signer.bootID,
            clock: plan.clock
        )
        processor?.rootKeyRetentionDays = plan.rootKeyRetentionDays
        processor?.rootKeyImportKey = importKey
        processor?.rootKeyDeletionWaitSeconds = plan.rootKeyDeletionWaitSeconds
        self.signer = signer
    }

    /// Does jobs of a batch, as many as one turn takes; then, if authority changed, what fronts must hear of it, signed.
    ///
    /// - Returns: for each job what becomes of it; nil for one to be brought again.
    func process(_ batch: [ReceivedJob]) -> (dispositions: [Disposition?], notices: [[UInt8]]) {
        guard let processor else { return (batch.map { _ in .giveBack }, []) }
        let dispositions = processor.process(batch)
        return (dispositions, takeNotices())
    }

    /// Between batches: moves some keys under the current version of their root key, if there are any to move.
    func rewrapStep() -> RewrapStep {
        processor?.rewrapStep() ?? RewrapStep(isAway: true, jobsDone: 0)
    }

    /// - Returns: the signed heartbeat, and what it says: only a healthy worker should take jobs.
    /// - Throws: an `HSMError` that no waiting mends.
    func heartbeat(now: Int64) throws -> (message: [UInt8], health: Heartbeat.Health) {
        guard let processor else { throw HSMError(.unavailable) }
        let vitals = try processor.examine(workerName: name)
        guard let message = try signer?.sign(vitals, time: now) else { throw HSMError(.unavailable) }
        return (message, vitals.health)
    }

    /// Goes on with what operators have ordered and takes longer than a job.
    ///
    /// - Returns: what fronts must hear of it, signed.
    func continueOrders() -> [[UInt8]] {
        processor?.continueRemovals()
        processor?.destroyExpiredVersions()
        processor?.continueDeletions()
        processor?.continueRevocations()
        return takeNotices()
    }

    /// Between batches: recycles the module when it is due.
    func maintain() throws {
        try processor?.maintainHSM()
    }

    /// Logs out of the token.
    func close() {
        processor?.hsm.close()
        processor = nil
    }

    /// What fronts must hear of changes, signed, that were found since this was last asked.
    func takeNotices() -> [[UInt8]] {
        guard let processor, !processor.notices.isEmpty else { return [] }
        let subjects = processor.notices
        processor.notices = []
        let generation = processor.keeper.authority.generation
        return subjects.compactMap { subject in
            try? signer?.sign(subject, authorityGeneration: generation, time: processor.clock())
        }
    }
}

/// What a worker is to be opened with.
struct WorkerPlan: Sendable {
    let hsm: HSMSettings
    let pinFile: String
    let recordMACKey: TokenKeyIdentifier
    /// Nil where root keys can't be imported.
    let rootKeyImportKey: TokenKeyIdentifier?
    let operatorsTrust: OperatorsTrust
    let rootKeyRetentionDays: Int
    let rootKeyDeletionWaitSeconds: Int
    let makeEngine: @Sendable () throws -> any StoreEngine
    let logger: Logger
    /// Milliseconds since 1970.
    let clock: @Sendable () -> Int64

    func readPIN() throws -> SecretBytes {
        do throws(CryptographyError) {
            return try SecretBytes(contentsOfFile: pinFile)
        } catch {
            throw WorkerFailure.describe(error, pinFile: pinFile)
        }
    }
}
