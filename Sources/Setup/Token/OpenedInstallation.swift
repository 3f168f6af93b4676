import Cryptography
import Foundation
import HSM
package import KeyModel
import KeyStorage
import KeyStorageSQLite
package import Logging
package import ServiceBootstrap

/// An installation opened as a worker opens it: logged in to the token, every record of authority authenticated, and no
/// older than the token says.
///
/// Thread: as `HSMSession`. A process has one at a time, and closes it.
package final class OpenedInstallation {
    /// What the record key is derived with; workers use the same.
    private static let recordKeyContext = Array("keyferry record key v1".utf8)
    private static let attemptsToChange = 5

    let hsm: HSMSession
    let store: KeyStore
    package private(set) var authority: Authority
    private let recordMACKey: TokenKeyIdentifier

    package init(_ settings: WorkerSettings, logger: Logger) throws {
        recordMACKey = try settings.hsm.recordKeyIdentifier()
        hsm = try HSMSession(
            settings: settings.hsm.sessionSettings,
            pin: try SecretBytes(contentsOfFile: settings.hsm.pinFile),
            logger: logger
        )
        let recordKey = try hsm.deriveRecordKey(recordMACKey, context: Self.recordKeyContext)
        store = try KeyStore(
            engine: try SQLiteEngine(path: settings.store.sqliteFile),
            recordKey: try RecordKey(recordKey)
        )
        authority = Authority(generation: 0)
        try load()
    }

    /// Logs out of the token.
    package func close() {
        hsm.close()
    }

    /// What a worker checks before it takes its first job: every key it will use is in the token, as restricted as it
    /// must be, and every live root key version unwraps its canary.
    package func check() throws {
        let live = authority.rootKeyVersions.filter { $0.status != .destroyed }
        let roots = try live.map { (try TokenKeyIdentifier.required($0.tokenKeyID), $0.canary) }
        let tickets = try authority.ticketKeys.map { try TokenKeyIdentifier.required($0.tokenKeyID) }
        try hsm.check(
            [TokenKey(.recordMACKey, recordMACKey)] + roots.map { TokenKey(.rootKeyVersion, $0.0) }
                + tickets.map { TokenKey(.ticketKey, $0) }
        )
        for (root, canary) in roots { try hsm.unwrapCanary(canary, under: root) }
    }

    /// Makes the next generation of the authority: in the store with its audit record, then in the token. Workers take it
    /// over with their next batch.
    ///
    /// - Parameters:
    ///   - action: what the audit trail calls the change.
    ///   - edit: may run again, where a worker made a generation in the meantime.
    func change(_ action: AuditEvent.Action, _ edit: (inout Authority) throws -> Void) throws {
        for _ in 0..<Self.attemptsToChange {
            var next = authority
            try edit(&next)
            do {
                let current = authority
                let event = Self.event(action)
                let chain = AuditChain(startingAs: try RandomBytes.generate(count: 16))
                authority = try store.write { transaction in
                    let changed = try transaction.changeAuthority(from: current, to: next)
                    _ = try transaction.append([event], to: chain)
                    return changed
                }
                // A crash here leaves the anchor one behind: the next to open the store raises it.
                try raiseAnchor()
                return
            } catch let error as StoreError where error.code == .conflict {
                try load()
            }
        }
        throw SetupError(.busy, "the key store is being changed all the time by others; try again")
    }

    private static func event(_ action: AuditEvent.Action) -> AuditEvent {
        AuditEvent(
            action: action,
            initiator: "keyferry-setup",
            address: "",
            instance: nil,
            object: nil,
            failure: nil,
            requestID: "",
            isRepeat: false,
            time: Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970))
        )
    }

    private func load() throws {
        let loaded = try store.read { try $0.authority() }
        let anchor = try hsm.readAnchor().generation
        guard loaded.generation >= anchor else {
            throw SetupError(
                .storeOutdated,
                "the key store is at generation \(loaded.generation) and the token says \(anchor): an old database was "
                    + "put back; restore the newest one"
            )
        }
        authority = loaded
        if loaded.generation > anchor { try raiseAnchor() }
    }

    private func raiseAnchor() throws {
        do {
            try hsm.raiseAnchor(to: AuthorityAnchor(generation: authority.generation, content: []))
        } catch {
            // A worker may have raised it in the meantime.
            guard error.code == .anchorNotHigher else { throw error }
        }
    }

    /// Makes the store of a new installation at generation 1, with what happened on the record, and then the anchor.
    static func found(
        _ authority: Authority,
        event: AuditEvent,
        recordMACKey: TokenKeyIdentifier,
        databaseFile: String,
        in hsm: HSMSession
    ) throws {
        let recordKey = try RecordKey(hsm.deriveRecordKey(recordMACKey, context: recordKeyContext))
        let engine = try SQLiteEngine(path: databaseFile)
        let store = try KeyStore(engine: engine, recordKey: recordKey)
        let chain = AuditChain(startingAs: try RandomBytes.generate(count: 16))
        let founded = try store.write { transaction in
            let founded = try transaction.changeAuthority(from: Authority(generation: 0), to: authority)
            _ = try transaction.append([event], to: chain)
            return founded
        }
        try hsm.createAnchor(AuthorityAnchor(generation: founded.generation, content: []))
        try engine.checkpoint()
    }
}

extension TokenKeyIdentifier {
    static func required(_ bytes: [UInt8]) throws(SetupError) -> TokenKeyIdentifier {
        guard let identifier = TokenKeyIdentifier(bytes) else {
            throw SetupError(.installationDamaged, "a key of the token is recorded without an identifier of 16 bytes")
        }
        return identifier
    }
}

extension WorkerSettings.HSM {
    var sessionSettings: HSMSettings {
        let selector: TokenSelector =
            switch token {
            case .label(let label): .label(label)
            case .serial(let serial): .serial(serial)
            }
        let location = TokenLocation(
            modulePath: module,
            selector: selector,
            softHSMConfiguration: softHSMConfigurationFile
        )
        // As workers take it: locks only help where all have the same.
        let guardDirectory = URL(fileURLWithPath: pinFile).deletingLastPathComponent().path
        return HSMSettings(location: location, guardDirectory: guardDirectory)
    }

    func recordKeyIdentifier() throws(SetupError) -> TokenKeyIdentifier {
        try .required(recordMACKey)
    }
}
