import Cryptography
import Foundation
import Glibc
import KeyModel
import KeyStorage
import KeyStorageSQLite
package import Logging
import ServiceBootstrap

/// What `restore` is asked for.
package struct RestoreOptions: Sendable {
    package var backupFile: String
    package var recoveryKeyFile: String
    /// Where the installation is to be. It does not exist, or is empty.
    package var home: String
    /// The `token` folder of the installation that had the SoftHSM token; nil for a token that stays where it is.
    package var tokenFolder: String?
    /// The token's PIN, which no backup holds.
    package var pinFile: String?
    /// The PKCS #11 module, where it is another file on this machine.
    package var modulePath: String?
    package var stateOwner: StateOwner?
    /// Whether a backup that is older than the token's anchor is put back, with these signatures.
    package var acceptsOlder = false
    package var approvalFiles: [String] = []

    package init(backupFile: String, recoveryKeyFile: String, home: String) {
        self.backupFile = backupFile
        self.recoveryKeyFile = recoveryKeyFile
        self.home = home
    }
}

/// `keyferry-setup restore`: makes the installation of a backup, whole or not at all.
///
/// Everything is unpacked and checked with the token in a folder beside the one that is asked for, which then gets its
/// name. Nothing of the token changes before that.
package struct Restoration {
    private let options: RestoreOptions
    private let logger: Logger
    private let now: Int64

    /// - Parameter now: seconds since 1970.
    package init(_ options: RestoreOptions, logger: Logger, now: Int64) {
        self.options = options
        self.logger = logger
        self.now = now
    }

    /// - Returns: what was done, for the person at the terminal.
    package func run() async throws -> [String] {
        umask(0o077)
        let reader = try BackupReader(path: options.backupFile)
        try reader.unlock(with: RecoveryKey.privateKey(in: options.recoveryKeyFile))
        let approvals = try options.approvalFiles.map { file throws(SetupError) in try RestoreApproval.read(file) }
        let home = InstallationFolder(options.home, state: reader.header.manifest.state)
        let staging = try StagingFolder(for: home)
        var lines: [String]
        do {
            try unpack(reader, to: staging.folder)
            try prepareToken(staging.folder)
            let settings = try await settings(of: staging.folder, for: home)
            try requireState(settings, staging.folder)
            lines = try check(reader.header, approvals, settings, staging.folder)
            if options.tokenFolder != nil {
                try preparation(staging.folder).writeSoftHSMConfiguration(
                    tokenFolder: home.tokenFolder,
                    replacing: true
                )
            }
            try staging.publish(owner: options.stateOwner)
        } catch {
            staging.discard()
            throw error
        }
        lines += try await open(home)
        return ["Restored backup \(reader.header.identifier) to \(home.path)."] + lines
    }

    private func unpack(_ reader: BackupReader, to folder: InstallationFolder) throws {
        let writer = EntryWriter { path in
            let destination = path.destination(in: folder)
            // One of the known folders; there may be one more than set-up makes.
            try FileManager.default.createDirectory(
                atPath: URL(fileURLWithPath: destination).deletingLastPathComponent().path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            return destination
        }
        try reader.readEntries(for: writer)
        try writer.requireWhole()
    }

    private func prepareToken(_ folder: InstallationFolder) throws {
        if let source = options.tokenFolder {
            try TokenCopy(source: source).copy(to: folder)
            try preparation(folder).writeSoftHSMConfiguration(tokenFolder: folder.tokenFolder, replacing: false)
        }
        if let pinFile = options.pinFile {
            unlink(folder.pinFile)
            try TokenCopy.copySecret(pinFile, to: folder.pinFile)
        }
        if let module = options.modulePath {
            let path = folder.configuration(.worker)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let changed = try RestoredConfiguration.naming(module: module, in: text)
            try DurableFile.write(Array(changed.utf8), to: path, mode: 0o600, replacing: true)
        }
    }

    private func preparation(_ folder: InstallationFolder) -> TokenPreparation {
        TokenPreparation(folder: folder, modulePath: "", logger: logger)
    }

    /// As `worker.yaml` says, with what it names by absolute paths looked for where it is for the time being.
    private func settings(
        of staged: InstallationFolder,
        for home: InstallationFolder
    ) async throws -> WorkerSettings {
        var settings = try await staged.workerSettings()
        func stagedPath(_ path: String) -> String {
            for (final, present) in [(home.state, staged.state), (home.path, staged.path)]
            where path.hasPrefix(final + "/") {
                return present + path.dropFirst(final.count)
            }
            return path
        }
        settings.hsm.pinFile = stagedPath(settings.hsm.pinFile)
        settings.hsm.guardFolder = stagedPath(settings.hsm.guardFolder)
        settings.hsm.softHSMConfigurationFile = settings.hsm.softHSMConfigurationFile.map(stagedPath)
        settings.store.sqliteFile = stagedPath(settings.store.sqliteFile)
        if options.modulePath == nil { try ModuleTrust.require(settings.hsm.module) }
        return settings
    }

    private func requireState(_ settings: WorkerSettings, _ folder: InstallationFolder) throws(SetupError) {
        guard settings.store.sqliteFile == folder.databaseFile else {
            throw SetupError(.backupDamaged, "the backup's worker.yaml names another key store than the backup holds")
        }
        guard access(settings.hsm.pinFile, R_OK) == 0 else {
            throw SetupError(
                .optionInvalid,
                "the token's PIN is not in a backup: name a file that holds it with --pin-file, or a SoftHSM token's folder "
                    + "with --token"
            )
        }
        let configuration = settings.hsm.softHSMConfigurationFile
        guard configuration == nil || access(configuration ?? "", R_OK) == 0 else {
            throw SetupError(
                .optionInvalid,
                "the token is SoftHSM's and not in a backup: name the folder token of the installation that had it with "
                    + "--token"
            )
        }
    }

    /// With the token, as a worker would before its first job, and every record besides.
    private func check(
        _ header: BackupHeader,
        _ approvals: [RestoreApproval],
        _ settings: WorkerSettings,
        _ folder: InstallationFolder
    ) throws -> [String] {
        let pin = SecretBox(try SecretBytes(contentsOfFile: settings.hsm.pinFile))
        let engine = try SQLiteEngine(path: folder.databaseFile)
        let opened = try RestoredStore(engine, settings, pin: pin, manifest: header.manifest, logger: logger)
        defer { opened.close() }
        let records = try opened.verifyRecords()
        let lines =
            opened.notes + [
                "Every record is authentic: \(records.objects) keys, \(records.auditEvents) audit events."
            ]
        guard opened.isOlderThanAnchor else {
            let missing = try opened.missingRootKeyVersions()
            guard missing.isEmpty else {
                let names = missing.map { "version \($0.version) of root key \($0.rootKey)" }
                throw SetupError(.wrongToken, "the token has no \(names.joined(separator: ", nor "))")
            }
            try opened.putBack(with: [event(.restore, header)])
            return lines
        }
        let approvers = try approvers(approvals, header, opened)
        let events = approvers.map { event(.restoreApprove, header, initiator: "Operator-\($0.fingerprint)") }
        let losses = try opened.supersede(with: events + [event(.restore, header)])
        let names = approvers.map(\.name).joined(separator: " and ")
        return lines + losses + [
            "It is older than what the token had seen (generation \(opened.anchorGeneration)), and was put in force as "
                + "generation \(opened.authority.generation): \(names) had agreed.",
            "Whatever was changed after the backup is as it was: look at certificates and operators that were removed "
                + "since.",
        ]
    }

    private func approvers(
        _ approvals: [RestoreApproval],
        _ header: BackupHeader,
        _ opened: RestoredStore
    ) throws(SetupError) -> [Operator] {
        guard options.acceptsOlder else {
            throw SetupError(
                .backupOlder,
                "the backup is of authority generation \(header.manifest.generation) and token \(opened.tokenSerial) has seen "
                    + "\(opened.anchorGeneration): restoring it would undo revocations. Take a newer backup; or two key owners "
                    + "sign for this one (keyferry-setup sign-restore --anchor-generation \(opened.anchorGeneration)), and it "
                    + "is restored with --accept-older and their --approval"
            )
        }
        let subject = RestoreSubject(
            backup: header.identifier,
            backupGeneration: header.manifest.generation,
            anchorGeneration: opened.anchorGeneration,
            tokenSerial: opened.tokenSerial
        )
        return try RestoreApproval.approvers(approvals, of: subject, in: opened.authority, now: now)
    }

    /// Under its name, as the worker will find it.
    private func open(_ home: InstallationFolder) async throws -> [String] {
        let settings = try await home.workerSettings()
        let installation = try OpenedInstallation(settings, logger: logger)
        defer { installation.close() }
        var lines = try renewTicketKey(home, settings, in: installation)
        try installation.check()
        lines.append("Checked it as a worker does when it starts. The site that it was must not run any more.")
        return lines
    }

    /// The ticket keys of a backup may all have been destroyed since.
    private func renewTicketKey(
        _ home: InstallationFolder,
        _ settings: WorkerSettings,
        in installation: OpenedInstallation
    ) throws -> [String] {
        guard let partition = PartitionName(settings.partition) else {
            throw SetupError(.installationDamaged, "worker.yaml: partition is not a partition's name")
        }
        let current = installation.authority.ticketKeys.first { $0.partition == partition && $0.status == .current }
        guard current == nil else { return [] }
        guard access(home.credential(.servicesAuthority).keyFile, R_OK) == 0 else {
            return [
                "There is no ticket key: put authorities/services.key back and run keyferry-setup renew ticket, or nothing "
                    + "is served."
            ]
        }
        let services = try home.issuer(.servicesAuthority, at: now)
        try TicketKeyRotation(services: services, partition: partition, now: now).run(in: installation)
        return ["Made a new ticket key, for those of the backup are gone."]
    }

    private func event(
        _ action: AuditEvent.Action,
        _ header: BackupHeader,
        initiator: String = "keyferry-setup"
    ) -> AuditEvent {
        AuditEvent(
            action: action,
            initiator: initiator,
            address: "",
            instance: nil,
            object: UniqueIdentifier(header.identifier),
            failure: nil,
            requestID: "",
            isRepeat: false,
            time: Timestamp(secondsSince1970: now)
        )
    }
}

/// Changes of `worker.yaml` that another machine may need.
enum RestoredConfiguration {
    /// - Throws: `backupDamaged` where there is not exactly one line to replace.
    static func naming(module: String, in text: String) throws(SetupError) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let places = lines.indices.filter { lines[$0].hasPrefix("  module:") }
        guard places.count == 1, let place = places.first else {
            throw SetupError(.backupDamaged, "the backup's worker.yaml has not one line that names the module")
        }
        lines[place] = "  module: \(ConfigurationFiles.quoted(module))"
        return lines.joined(separator: "\n")
    }
}
