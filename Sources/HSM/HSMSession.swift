package import Cryptography
package import Logging
internal import PKCS11

/// What Keyferry does with a token.
///
/// Thread: not Sendable. All calls of a process come from one thread or serial executor, and a process has at most one
/// session open at a time, for C_Finalize ends every use of the module. Every call blocks.
///
/// Key objects made for one job die with it, on every path. Keys are named by values that survive recycling and
/// replacement (`TokenKey`, `TransportKeyReference`); PKCS #11 handles do not leave this type.
package final class HSMSession {
    let settings: HSMSettings
    let logger: Logger
    let metrics = HSMMetrics()
    private let module: Module
    private let loginGuard: LoginGuard
    private let pin: SecretBytes
    private var state: HSMSessionState
    private(set) var token: OpenToken?

    /// Handles of keys that were found and checked in this login.
    var handles: [TokenKey: ObjectHandle] = [:]
    /// Keys that were found in this login, also those whose handles were forgotten since.
    var knownKeys: Set<TokenKey> = []
    var transportKeys: [TransportKeyReference: TransportKey] = [:]
    var lastTransportKeyNumber: UInt64 = 0
    /// Templates of keys in passing, laid out once.
    var passingTemplates: [KeyType: Template] = [:]

    /// Loads the module and logs in. The PIN is kept in secure memory, for recycling logs in again.
    package init(settings: HSMSettings, pin: consuming SecretBytes, logger: Logger) throws(HSMError) {
        self.settings = settings
        self.logger = logger
        self.pin = pin
        do {
            module = try Module(path: settings.location.modulePath)
        } catch {
            throw HSMError(.moduleNotLoadable, error.description)
        }
        loginGuard = LoginGuard(
            location: settings.location,
            directory: settings.guardDirectory,
            pinFile: settings.pinFile,
            logger: logger
        )
        state = HSMSessionState(recycleAfterObjects: settings.recycleAfterObjects)
        try open()
    }

    deinit {
        close()
    }

    /// Logs out and finalizes the module. A later `maintain` opens it again.
    package func close() {
        if state.handle(.closing) == .discard { discard() }
    }

    /// Whether a session is open. An operation may still find that it is of no more use.
    package var isAvailable: Bool { token != nil }

    /// Time that this process has spent in the token's operations since it started.
    package var busy: Duration { metrics.busy }

    /// The serial of the token in use.
    package var serial: String? { token?.serial }

    /// To be called between batches and at least once a second: recycles the module when it is due, replaces a lost
    /// session with backoff. Throws what opening threw; while a replacement is not due yet, it does nothing.
    ///
    /// An error for which `isPermanent` holds (a wrong PIN above all) is final: the process should end, and not be
    /// restarted at once.
    package func maintain(now: ContinuousClock.Instant = .now) throws(HSMError) {
        defer { metrics.measure(isOpen: isAvailable, objects: state.objects) }
        switch state.handle(.tick(now)) {
        case .none:
            break
        case .open:
            try open(now)
            logger.notice("the HSM session is open again")
        case .recycle:
            let begin = metrics.begin()
            defer { metrics.ended(.recycle, since: begin) }
            metrics.recycled()
            discard()
            try open(now)
        case .discard:
            discard()
        }
    }

    /// Why there is no session and won't be one, if so.
    package var refusal: HSMError.Code? {
        if case .refused(let code) = state.phase { code } else { nil }
    }

    private func open(_ now: ContinuousClock.Instant = .now) throws(HSMError) {
        let begin = metrics.begin()
        defer { metrics.ended(.login, since: begin) }
        do {
            let opened = try loginGuard.open(module, pin: pin)
            token = opened
            try requireMechanisms(opened.mechanisms)
            _ = state.handle(.opened)
        } catch {
            discard()
            _ = state.handle(.openingFailed(error, at: now))
            throw error
        }
    }

    private func discard() {
        handles = [:]
        knownKeys = []
        for reference in transportKeys.keys { transportKeys[reference]?.handle = nil }
        guard token != nil else { return }
        token = nil
        do {
            try module.finalize()
        } catch  where error.code == .notInitialized {
            // That is how the session was lost.
        } catch {
            logger.warning("the PKCS #11 module did not finalize", metadata: ["error": .string("\(error)")])
        }
    }

    /// Runs calls on the open token, and draws the conclusions of a failure.
    ///
    /// - Parameter rejection: what a refusal of the bytes that were passed in means, for calls that unwrap.
    func perform<Result>(
        rejection: HSMError.Code? = nil,
        _ body: (OpenToken) throws(PKCS11Error) -> Result
    ) throws(HSMError) -> Result {
        guard let token else { throw HSMError(.unavailable) }
        do {
            return try body(token)
        } catch {
            throw failure(of: error, rejection)
        }
    }

    private func failure(of error: PKCS11Error, _ rejection: HSMError.Code?) -> HSMError {
        metrics.failed(error.code)
        if state.handle(.callFailed(error.code, at: .now)) == .discard {
            return lost(HSMError(.sessionLost, cause: error), because: "\(error)")
        }
        if let rejection, error.code.isRejection { return HSMError(rejection, cause: error) }
        // Whatever it was, it may have been a handle of a key that is gone or was not complete when it was found.
        handles = [:]
        return HSMError(.operationFailed, cause: error)
    }

    /// What it means that a key is not found.
    ///
    /// One that was there in this login may have been destroyed; or the token was away in the meantime, and the module goes on
    /// with what it saw then. A new session sees what is there.
    func missing(_ key: TokenKey) -> HSMError {
        let detail = "\(key) is not in the token"
        guard knownKeys.contains(key), state.handle(.keyGone(at: .now)) == .discard else {
            return HSMError(.keyMissing, detail)
        }
        return lost(HSMError(.sessionLost, "\(detail) any more"), because: "\(detail) any more")
    }

    private func lost(_ error: HSMError, because reason: String) -> HSMError {
        metrics.lost()
        logger.error("the HSM session is lost", metadata: ["error": .string(reason)])
        discard()
        return error
    }

    /// Runs calls on a session of their own that may change token objects.
    func performWriting<Result>(
        _ body: (borrowing Session) throws(PKCS11Error) -> Result
    ) throws(HSMError) -> Result {
        try perform { token throws(PKCS11Error) in
            let session = try module.openSession(on: token.slot, readWrite: true)
            return try body(session)
        }
    }

    func madeObjects(_ count: Int) {
        _ = state.handle(.objectsMade(count))
    }

    /// Destroys a session object. One that can't be destroyed goes with the session, at the next `maintain`.
    func destroySessionObject(_ object: ObjectHandle) {
        guard let token else { return }
        do {
            try token.session.destroy(object)
        } catch {
            logger.error("a session object could not be destroyed", metadata: ["error": .string("\(error)")])
            if state.handle(.callFailed(error.code, at: .now)) == .discard { discard() }
            _ = state.handle(.objectLeftBehind)
        }
    }
}

extension ReturnCode {
    /// The codes with which tokens refuse a wrapped key. SoftHSM's is CKR_GENERAL_ERROR.
    fileprivate var isRejection: Bool {
        switch self {
        case .generalError, .functionFailed, .argumentsBad, .wrappedKeyInvalid, .wrappedKeyLengthRange,
            .encryptedDataInvalid, .encryptedDataLengthRange:
            true
        default:
            false
        }
    }
}
