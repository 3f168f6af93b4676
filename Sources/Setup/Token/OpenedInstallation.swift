import AuthorityKeeping
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
    private static let attemptsToChange = 5

    let hsm: HSMSession
    let store: KeyStore
    private let keeper: AuthorityKeeper
    private let recordMACKey: TokenKeyIdentifier
    /// In whose place the token and the store are used, always.
    let owner: StateOwner

    package init(_ settings: WorkerSettings, logger: Logger) throws {
        recordMACKey = try settings.hsm.recordKeyIdentifier()
        owner = try StateOwner(ofFolder: settings.hsm.guardFolder)
        // Root's file, as a rule.
        let session = settings.hsm.sessionSettings
        let pin = try SecretBytes(contentsOfFile: settings.hsm.pinFile)
        let place = try owner.takePlace()
        defer { place.leave() }
        hsm = try HSMSession(settings: session, pin: pin, logger: logger)
        store = try KeyStore(
            engine: try SQLiteEngine(path: settings.store.sqliteFile),
            recordKey: try .derived(from: recordMACKey, in: hsm)
        )
        keeper = try AuthorityKeeper(store: store, hsm: hsm, logger: logger)
    }

    package var authority: Authority { keeper.authority }

    /// Logs out of the token.
    package func close() {
        hsm.close()
    }

    /// What a worker checks before it takes its first job: every key it will use is in the token, as restricted as it
    /// must be, and every live root key version unwraps its canary.
    package func check() throws {
        let place = try owner.takePlace()
        defer { place.leave() }
        try hsm.check([TokenKey(.recordMACKey, recordMACKey)] + authority.tokenKeys())
        for version in authority.rootKeyVersions where version.isLive {
            try hsm.unwrapCanary(version.canary, under: try .required(version.tokenKeyID))
        }
    }

    /// Makes the next generation of the authority: in the store with its audit record, then, unless it is about ticket keys
    /// alone, in the token. Workers take it over with their next batch.
    ///
    /// - Parameters:
    ///   - action: what the audit trail calls the change.
    ///   - edit: may run again, where a worker made a generation in the meantime.
    func change(_ action: AuditEvent.Action, _ edit: (inout Authority) throws -> Void) throws {
        let place = try owner.takePlace()
        defer { place.leave() }
        for _ in 0..<Self.attemptsToChange {
            var next = authority
            try edit(&next)
            do {
                let event = Self.event(action)
                let chain = AuditChain(startingAs: try RandomBytes.generate(count: 16))
                try keeper.change(to: next) { _ = try $0.append([event], to: chain) }
                return
            } catch let error as StoreError where error.code == .conflict {
                try keeper.refresh()
            }
        }
        throw SetupError(.busy, "the key store is being changed all the time by others; try again")
    }

    /// The key of the store's records, for a copy of the store.
    func recordKey() throws -> RecordKey {
        let place = try owner.takePlace()
        defer { place.leave() }
        return try .derived(from: recordMACKey, in: hsm)
    }

    /// Puts on the record what changed nothing of the authority.
    func record(_ action: AuditEvent.Action, object: UniqueIdentifier) throws {
        let place = try owner.takePlace()
        defer { place.leave() }
        let chain = AuditChain(startingAs: try RandomBytes.generate(count: 16))
        _ = try store.write { try $0.append([Self.event(action, object: object)], to: chain) }
    }

    private static func event(_ action: AuditEvent.Action, object: UniqueIdentifier? = nil) -> AuditEvent {
        AuditEvent(
            action: action,
            initiator: "keyferry-setup",
            address: "",
            instance: nil,
            object: object,
            failure: nil,
            requestID: "",
            isRepeat: false,
            time: Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970))
        )
    }

    /// Makes the store of a new installation at generation 1, with what happened on the record, and then the anchor.
    static func found(
        _ authority: Authority,
        event: AuditEvent,
        recordMACKey: TokenKeyIdentifier,
        databaseFile: String,
        in hsm: HSMSession
    ) throws {
        let engine = try SQLiteEngine(path: databaseFile)
        let store = try KeyStore(engine: engine, recordKey: try .derived(from: recordMACKey, in: hsm))
        let chain = AuditChain(startingAs: try RandomBytes.generate(count: 16))
        let founded = try store.write { transaction in
            let founded = try transaction.changeAuthority(from: Authority(generation: 0), to: authority)
            _ = try transaction.append([event], to: chain)
            return founded
        }
        try hsm.createAnchor(AuthorityAnchor(generation: founded.anchoredGeneration, content: []))
        try engine.checkpoint()
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
        var settings = HSMSettings(location: location, guardDirectory: guardFolder)
        settings.pinFile = PINFileState(of: pinFile)
        return settings
    }

    func recordKeyIdentifier() throws(SetupError) -> TokenKeyIdentifier {
        guard let identifier = TokenKeyIdentifier(recordMACKey) else {
            throw SetupError(.installationDamaged, "worker.yaml: hsm.recordMACKey is not 32 hexadecimal digits")
        }
        return identifier
    }
}
