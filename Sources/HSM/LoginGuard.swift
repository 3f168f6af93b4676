internal import Cryptography
internal import Logging
internal import PKCS11

/// Takes a module from C_Initialize to C_Login, one process of the machine at a time.
///
/// SoftHSM's login rewrites the token's file, so processes that start together don't see the token (0xe1, 0x102) in
/// about half of all starts, and one that is killed leaves the file empty. Hence the lock, the retries and the copies.
struct LoginGuard {
    let location: TokenLocation
    let directory: String
    /// What the PIN was read from; nil where it is not from a file.
    let pinFile: PINFileState?
    let logger: Logger

    private static let attempts = 6
    private static let lockLimit = Duration.seconds(30)

    func lock() throws(HSMError) -> FileLock {
        try FileLock(path: "\(directory)/login.lock", waitingAtMost: Self.lockLimit)
    }

    /// The guard of the token's files, where the module is SoftHSM.
    func tokenFiles() throws(HSMError) -> SoftHSMTokenFiles? {
        guard let path = location.softHSMConfiguration else { return nil }
        let configuration = try SoftHSMConfiguration(path: path)
        SoftHSMConfiguration.select(path: path)
        return SoftHSMTokenFiles(
            tokenDirectory: configuration.tokenDirectory,
            copyDirectory: directory,
            logger: logger
        )
    }

    /// Initializes the module, finds the token and logs in. On an error the module is finalized again.
    ///
    /// A PIN that the token refuses is noted, and not tried again until its file has been written again.
    func open(_ module: Module, pin: borrowing SecretBytes) throws(HSMError) -> OpenToken {
        let files = try tokenFiles()
        let lock = try lock()
        defer { lock.unlock() }
        let note = pinFile.map { RefusedPINNote(directory: directory, pinFile: $0) }
        guard note?.isRefused != true else { throw HSMError(.pinRefusedBefore) }
        var attempt = 1
        while true {
            try files?.restoreDamaged()
            do {
                let token = try login(module, pin: pin)
                try files?.keepCopies()
                return token
            } catch {
                if error.code == .pinIncorrect { remember(note) }
                guard attempt < Self.attempts, isWorthRetrying(error) else { throw error }
                logger.notice(
                    "the token is not ready; trying again",
                    metadata: ["error": .string("\(error)"), "attempt": .stringConvertible(attempt)]
                )
                pause(milliseconds: 20 << attempt)
                attempt += 1
            }
        }
    }

    private func remember(_ note: RefusedPINNote?) {
        do throws(HSMError) {
            try note?.write()
        } catch {
            logger.warning(
                "the refused PIN could not be noted: another start will try it again",
                metadata: ["error": .string("\(error)")]
            )
        }
    }

    private func isWorthRetrying(_ error: HSMError) -> Bool {
        if error.code == .tokenNotFound { return location.softHSMConfiguration != nil }
        return error.cause?.code == .tokenNotRecognized || error.cause?.code == .userPINNotInitialized
    }

    private func login(_ module: Module, pin: borrowing SecretBytes) throws(HSMError) -> OpenToken {
        do {
            try module.initialize()
        } catch {
            throw HSMError(.operationFailed, cause: error, "the module can't be initialized")
        }
        do throws(HSMError) {
            return try openInitialized(module, pin: pin)
        } catch {
            try? module.finalize()
            throw error
        }
    }

    private func openInitialized(_ module: Module, pin: borrowing SecretBytes) throws(HSMError) -> OpenToken {
        let found = try perform { () throws(PKCS11Error) in try module.tokens() }
            .filter { $0.isInitialized && location.selector.selects($0) }
        guard let token = found.first else { throw HSMError(.tokenNotFound, "no token with \(location.selector)") }
        guard found.count == 1 else { throw HSMError(.tokenAmbiguous, "several tokens with \(location.selector)") }
        do throws(PKCS11Error) {
            let session = try module.openSession(on: token.slot, readWrite: false)
            try session.login(.user, pin: pin)
            let mechanisms = try module.mechanisms(of: token.slot)
            return OpenToken(slot: token.slot, serial: token.serial, session: session, mechanisms: mechanisms)
        } catch {
            throw HSMError(loginFailure: error)
        }
    }

    private func perform<Result>(_ body: () throws(PKCS11Error) -> Result) throws(HSMError) -> Result {
        do { return try body() } catch { throw HSMError(loginFailure: error) }
    }
}

extension HSMError {
    /// The error of a call between C_Initialize and C_Login.
    init(loginFailure error: PKCS11Error) {
        let code: Code =
            switch error.code {
            case .pinIncorrect, .pinInvalid, .pinLengthRange: .pinIncorrect
            case .pinLocked: .pinLocked
            case .pinExpired: .pinExpired
            case .tokenNotPresent: .tokenNotFound
            default: .operationFailed
            }
        self.init(code, cause: error, "login")
    }
}
