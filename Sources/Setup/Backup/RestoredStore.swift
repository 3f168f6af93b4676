import AuthorityKeeping
import Cryptography
import Foundation
import HSM
import KeyModel
import KeyStorage
import KeyStorageSQLite
import Logging
import ServiceBootstrap

/// The store of a backup, opened with the token that it needs, before it is anybody's store: whatever its age, and without
/// raising the token's anchor.
///
/// Thread: as `HSMSession`. A process has one at a time, and closes it.
final class RestoredStore {
    let hsm: HSMSession
    private let engine: SQLiteEngine
    private let store: KeyStore
    private let manifest: BackupManifest
    /// Of the store.
    private(set) var authority: Authority
    /// Of the token.
    let anchorGeneration: UInt64
    /// What is not as it was, and may be.
    let notes: [String]

    /// - Throws: `wrongToken` where the token has not the key that the records are authenticated by; `backupDamaged` where
    ///   the store is not what the manifest says.
    init(
        _ engine: SQLiteEngine,
        _ settings: WorkerSettings,
        pin: SecretBox,
        manifest: BackupManifest,
        logger: Logger
    ) throws {
        hsm = try HSMSession(settings: settings.hsm.sessionSettings, pin: pin.bytes.copy(), logger: logger)
        self.engine = engine
        self.manifest = manifest
        let serial = hsm.serial ?? ""
        // What names the key is the manifest, not the settings of another installation with the same token.
        guard let bytes = Hexadecimal.decode(Array(manifest.recordMACKey.utf8)),
            let identifier = TokenKeyIdentifier(bytes)
        else { throw SetupError(.backupDamaged, "the manifest's record MAC key is no key's identifier") }
        do {
            store = try KeyStore(engine: engine, recordKey: try .derived(from: identifier, in: hsm))
            authority = try store.read { try $0.authority() }
            anchorGeneration = try hsm.readAnchor().generation
        } catch let error as HSMError where [.keyMissing, .anchorMissing].contains(error.code) {
            throw SetupError(
                .wrongToken,
                "this is a backup for token \(manifest.tokenSerial), or one with the same keys; token \(serial) does not "
                    + "have them"
            )
        }
        guard authority.anchoredGeneration == manifest.generation else {
            throw SetupError(.backupDamaged, "the store is not of the generation that the manifest names")
        }
        notes =
            serial == manifest.tokenSerial
            ? [] : ["The token's serial is \(serial), not \(manifest.tokenSerial); it has the same keys."]
    }

    var tokenSerial: String { hsm.serial ?? "" }
    var isOlderThanAnchor: Bool { authority.anchoredGeneration < anchorGeneration }

    func verifyRecords() throws -> VerifiedRecords {
        try engine.checkIntegrity()
        return try store.read { try $0.verifyRecords() }
    }

    /// - Throws: `HSMError` for a key that is there and does not unwrap its canary, or is less restricted than it must be.
    func missingRootKeyVersions() throws -> [RootKeyVersion] {
        try authority.rootKeyVersions.filter { version in
            guard version.isLive else { return false }
            let identifier = try TokenKeyIdentifier.required(version.tokenKeyID)
            guard try isThere(TokenKey(.rootKeyVersion, identifier)) else { return true }
            try hsm.unwrapCanary(version.canary, under: identifier)
            return false
        }
    }

    func ageNote() throws -> String {
        isOlderThanAnchor
            ? "The token has seen generation \(anchorGeneration): two key owners must agree before this backup is restored."
            : "The token has seen no newer generation: it can be restored as it is."
    }

    /// Puts an older store in force again: its authority gets a generation above everything that the token has seen, in
    /// one transaction with what is said of it in the audit trail. What the token has destroyed since is taken out.
    ///
    /// The token's anchor follows when the store is opened for use: until then nothing but this store has changed.
    ///
    /// - Returns: what was taken out, in words.
    func supersede(with events: [AuditEvent]) throws -> [String] {
        let missing = Set(try missingRootKeyVersions().map(\.tokenKeyID))
        let from = authority
        var next = try withTicketKeysOfToken()
        next.rootKeyVersions = authority.rootKeyVersions.map { missing.contains($0.tokenKeyID) ? $0.destroyed : $0 }
        try change(to: next, above: anchorGeneration, with: events)
        let lost = from.rootKeyVersions.filter { missing.contains($0.tokenKeyID) && $0.isLive }
        return lost.map {
            "The token no longer has version \($0.version) of root key \($0.rootKey): keys under it cannot be read again."
        }
    }

    /// Puts a store that is no older than the anchor in force, with what is said of it in the audit trail. Ticket keys that
    /// the token has destroyed since are taken out.
    func putBack(with events: [AuditEvent]) throws {
        try change(to: try withTicketKeysOfToken(), with: events)
    }

    private func withTicketKeysOfToken() throws -> Authority {
        var authority = authority
        authority.ticketKeys = try authority.ticketKeys.filter { key in
            try isThere(TokenKey(.ticketKey, try .required(key.tokenKeyID)))
        }
        return authority
    }

    private func change(to next: Authority, above floor: UInt64? = nil, with events: [AuditEvent]) throws {
        let from = authority
        let chain = AuditChain(startingAs: try RandomBytes.generate(count: 16))
        authority = try store.write { transaction in
            let isChange = next != from || floor != nil
            let changed = isChange ? try transaction.changeAuthority(from: from, to: next, above: floor) : from
            _ = try transaction.append(events, to: chain)
            return changed
        }
    }

    /// Logs out, with all of the store in its file.
    func close() {
        try? engine.checkpoint()
        hsm.close()
    }

    private func isThere(_ key: TokenKey) throws -> Bool {
        do {
            try hsm.check([key])
            return true
        } catch  where error.code == .keyMissing {
            return false
        }
    }
}

extension RootKeyVersion {
    fileprivate var destroyed: RootKeyVersion {
        RootKeyVersion(
            rootKey: rootKey,
            version: version,
            status: .destroyed,
            tokenKeyID: tokenKeyID,
            canary: canary,
            created: created
        )
    }
}
