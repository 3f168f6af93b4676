package import HSM
package import KeyModel
package import KeyStorage
package import Logging

/// Keeps the authority that a process decides by: the store's, no older than the token's anchor.
///
/// Whoever can write to the database could put an older state back and so undo a revocation. The token holds the newest
/// anchored generation, and nobody acts on an older one.
///
/// Thread: as `HSMSession`.
package final class AuthorityKeeper {
    private let store: KeyStore
    private let hsm: HSMSession
    private let logger: Logger
    package private(set) var authority: Authority
    private var isAnchorBehind = false

    /// - Throws: as `refresh()`.
    package init(store: KeyStore, hsm: HSMSession, logger: Logger) throws {
        self.store = store
        self.hsm = hsm
        self.logger = logger
        self.authority = Authority(generation: 0)
        try load()
    }

    /// Reads the authority again if the store has another generation: one short query for every batch.
    ///
    /// - Throws: `AuthorityError`, `StoreError` or `HSMError`; no job may then be done.
    package func refresh() throws {
        let generation = try store.read { try $0.authorityGeneration() }
        if generation != authority.generation || isAnchorBehind { try load() }
    }

    /// Makes `next` the authority: in the store, then in the token, then here.
    ///
    /// What fails before the store has it, has no effect. What fails after it is not an error to the caller, for the
    /// change is in force: the anchor stays one behind, and is raised by the next `refresh()`, of this process or another.
    ///
    /// - Parameter alongside: what is written in the same transaction.
    /// - Throws: `StoreError`, with the code `conflict` where another process made a generation in the meantime.
    package func change(to next: Authority, alongside: (WriteTransaction) throws -> Void) throws {
        let current = authority
        let changed = try store.write { transaction in
            let changed = try transaction.changeAuthority(from: current, to: next)
            try alongside(transaction)
            return changed
        }
        authority = changed
        guard changed.anchoredGeneration > current.anchoredGeneration else { return }
        do {
            try raiseAnchor(to: changed.anchoredGeneration)
        } catch {
            isAnchorBehind = true
            logger.error(
                "the token does not take the authority's new generation; tried again with the next batch",
                metadata: ["error": "\(error)", "generation": "\(changed.anchoredGeneration)"]
            )
        }
    }

    private func load() throws {
        let loaded = try store.read { try $0.authority() }
        let anchor = try hsm.readAnchor().generation
        guard loaded.anchoredGeneration >= anchor else {
            logger.critical(
                "the key store's authority is older than the token says: an old database was put back",
                metadata: ["store": "\(loaded.anchoredGeneration)", "token": "\(anchor)"]
            )
            throw AuthorityError.olderThanAnchor(store: loaded.anchoredGeneration, token: anchor)
        }
        if loaded.anchoredGeneration > anchor { try raiseAnchor(to: loaded.anchoredGeneration) }
        isAnchorBehind = false
        authority = loaded
        logger.info("authority loaded", metadata: ["generation": "\(loaded.generation)"])
    }

    private func raiseAnchor(to generation: UInt64) throws(HSMError) {
        do {
            try hsm.raiseAnchor(to: AuthorityAnchor(generation: generation, content: []))
        } catch {
            // Another process may have raised it in the meantime.
            guard error.code == .anchorNotHigher else { throw error }
        }
    }
}
