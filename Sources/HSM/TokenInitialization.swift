package import Cryptography
package import Logging
internal import PKCS11

/// Makes a token: C_InitToken and C_InitPIN through the module, so that no PIN stands on a command line.
package struct TokenInitialization {
    let location: TokenLocation
    let guardDirectory: String
    let logger: Logger

    /// - Parameter location: its selector must be a label, which the new token gets.
    /// - Parameter guardDirectory: the one that the workers will use; the first copy of SoftHSM's `token.object` goes
    ///   there.
    package init(location: TokenLocation, guardDirectory: String, logger: Logger) {
        self.location = location
        self.guardDirectory = guardDirectory
        self.logger = logger
    }

    /// Initializes the token in the first free slot and sets the user's PIN. Returns the token's serial.
    ///
    /// A token that is there already is never initialized again: with one of this label the error is `tokenExists`.
    package func run(
        securityOfficerPIN: borrowing SecretBytes,
        pin: borrowing SecretBytes
    ) throws(HSMError) -> String {
        guard case .label(let label) = location.selector, label.utf8.count <= 32 else {
            throw HSMError(.operationFailed, "a new token needs a label of at most 32 bytes")
        }
        let module: Module
        do {
            module = try Module(path: location.modulePath)
        } catch {
            throw HSMError(.moduleNotLoadable, error.description)
        }
        let loginGuard = LoginGuard(location: location, directory: guardDirectory, pinFile: nil, logger: logger)
        let files = try loginGuard.tokenFiles()
        let lock = try loginGuard.lock()
        defer { lock.unlock() }
        let serial = try initialize(module, label, securityOfficerPIN, pin)
        try files?.keepCopies()
        return serial
    }

    private func initialize(
        _ module: Module,
        _ label: String,
        _ securityOfficerPIN: borrowing SecretBytes,
        _ pin: borrowing SecretBytes
    ) throws(HSMError) -> String {
        do throws(PKCS11Error) {
            try module.initialize()
        } catch {
            throw HSMError(.operationFailed, cause: error, "the module can't be initialized")
        }
        defer { try? module.finalize() }
        let tokens = try perform { () throws(PKCS11Error) in try module.tokens() }
        guard !tokens.contains(where: { $0.isInitialized && $0.label == label }) else {
            throw HSMError(.tokenExists, "there is a token with label \"\(label)\"")
        }
        guard let free = tokens.first(where: { !$0.isInitialized }) else {
            throw HSMError(.noFreeSlot, "no slot has an uninitialized token")
        }
        do throws(PKCS11Error) {
            try module.initializeToken(in: free.slot, label: label, securityOfficerPIN: securityOfficerPIN)
            let session = try module.openSession(on: free.slot, readWrite: true)
            try session.login(.securityOfficer, pin: securityOfficerPIN)
            try session.initializePIN(pin)
            try session.logout()
        } catch {
            throw HSMError(loginFailure: error)
        }
        let made = try perform { () throws(PKCS11Error) in try module.tokens() }
            .first { $0.isInitialized && $0.label == label }
        guard let made else { throw HSMError(.tokenNotFound, "the token that was just made") }
        return made.serial
    }

    private func perform<Result>(_ body: () throws(PKCS11Error) -> Result) throws(HSMError) -> Result {
        do { return try body() } catch { throw HSMError(loginFailure: error) }
    }
}
