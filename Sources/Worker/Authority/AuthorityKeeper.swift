import HSM
import KeyModel
import KeyStorage
import Logging

/// Keeps the authority that this worker decides by: the store's, no older than the token's anchor.
///
/// Whoever can write to the database could put an older state back and so undo a revocation. The token holds the newest
/// generation, and no worker acts on an older one.
final class AuthorityKeeper {
    private let store: KeyStore
    private let hsm: HSMSession
    private let logger: Logger
    private(set) var authority: Authority

    init(store: KeyStore, hsm: HSMSession, logger: Logger) throws {
        self.store = store
        self.hsm = hsm
        self.logger = logger
        self.authority = Authority(generation: 0)
        try load()
    }

    /// Reads the authority again if the store has another generation: one short query for every batch.
    ///
    /// - Throws: `AuthorityError` or `StoreError`; no job may then be done.
    func refresh() throws {
        let generation = try store.read { try $0.authorityGeneration() }
        if generation != authority.generation { try load() }
    }

    /// Makes `next` the authority: in the store, then in the token, then here.
    ///
    /// - Parameter alongside: what is written in the same transaction.
    func change(to next: Authority, alongside: (WriteTransaction) throws -> Void) throws {
        let current = authority
        let changed = try store.write { transaction in
            let changed = try transaction.changeAuthority(from: current, to: next)
            try alongside(transaction)
            return changed
        }
        // A crash here leaves the anchor one behind, which the next start mends: what is in force is the store's.
        try raiseAnchor(to: changed.generation)
        authority = changed
    }

    private func load() throws {
        let loaded = try store.read { try $0.authority() }
        let anchor = try hsm.readAnchor().generation
        guard loaded.generation >= anchor else {
            logger.critical(
                "the key store's authority is older than the token says: an old database was put back",
                metadata: ["store": "\(loaded.generation)", "token": "\(anchor)"]
            )
            throw AuthorityError.olderThanAnchor
        }
        if loaded.generation > anchor { try raiseAnchor(to: loaded.generation) }
        authority = loaded
        logger.info("authority loaded", metadata: ["generation": "\(loaded.generation)"])
    }

    private func raiseAnchor(to generation: UInt64) throws {
        do {
            try hsm.raiseAnchor(to: AuthorityAnchor(generation: generation, content: []))
        } catch {
            // Another worker may have raised it in the meantime.
            guard error.code == .anchorNotHigher else { throw error }
        }
    }
}

/// Why there is no authority to decide by.
enum AuthorityError: Error {
    case olderThanAnchor
}
