import AuthorityKeeping
import Cryptography
import Foundation
import Glibc
import HSM
import KeyModel
import KeyStorage
import KeyStorageSQLite
package import Logging
import ServiceBootstrap

/// `keyferry-setup backup`: one file with everything of an installation but its token, while it serves.
package struct BackupMaker {
    private let home: InstallationFolder
    private let recipient: PublicKey
    private let logger: Logger
    private let now: Int64

    package struct Report: Sendable {
        /// 64 hexadecimal digits.
        package let identifier: String
        package let lines: [String]
    }

    /// - Parameters:
    ///   - recipient: the recovery key's public half; nil for the installation's.
    ///   - now: seconds since 1970.
    package init(
        _ home: InstallationFolder,
        recipientFile: String?,
        logger: Logger,
        now: Int64
    ) throws {
        try home.requireInstallation()
        let installed = home.file(RecoveryKey.publicFileName)
        if recipientFile == nil, !FileManager.default.fileExists(atPath: installed) {
            throw SetupError(
                .wrongRecoveryKey,
                "there is no recovery key to encrypt to: make one (keyferry-setup backup-key --home \(home.path)), or name "
                    + "its public half with --recipient"
            )
        }
        self.home = home
        self.recipient = try RecoveryKey.publicKey(in: recipientFile ?? installed)
        self.logger = logger
        self.now = now
    }

    /// - Throws: `fileExists` where the output is there already.
    package func make(output: String) async throws -> Report {
        umask(0o077)
        guard !FileManager.default.fileExists(atPath: output) else {
            throw SetupError(.fileExists, "\(output) is there already and is left as it is; choose another name")
        }
        return try make(output, try await home.workerSettings())
    }

    private func make(_ output: String, _ settings: WorkerSettings) throws -> Report {
        let lock = try RenewalLock(home)
        defer { lock.release() }
        let state = try Self.stateFolder(settings, home)
        let installation = try OpenedInstallation(settings, logger: logger)
        defer { installation.close() }
        // A backup of what cannot serve would be found out when it is too late.
        try installation.check()
        let snapshot = try StoreSnapshot(of: settings.store.sqliteFile, as: installation.owner)
        defer { snapshot.remove() }
        let authority = try snapshot.authority(recordKey: try installation.recordKey())
        let manifest = BackupManifest(
            authority,
            partition: settings.partition,
            recordMACKey: settings.hsm.recordMACKey,
            state: state,
            tokenSerial: installation.hsm.serial ?? "",
            created: now
        )
        let content = try BackupContent(of: home)
        let writer = try BackupWriter(path: output, manifest: manifest, recipient: recipient)
        for file in content.files { try writer.add(file.path, from: file.source) }
        try writer.add(.store, from: snapshot.file)
        try finish(writer, output)
        try installation.record(
            .backup,
            object: UniqueIdentifier(writer.header.identifier)
        )
        let leftOut = content.leftOut.map { "not in it, for its name is none of an installation's: \($0)" }
        return Report(
            identifier: writer.header.identifier,
            lines: ["Made \(output), backup \(writer.header.identifier):"] + manifest.lines.map { "  " + $0 } + leftOut
        )
    }

    private func finish(_ writer: BackupWriter, _ output: String) throws {
        do {
            try writer.finish()
        } catch let error as CryptographyError where error.code == .fileExists {
            throw SetupError(.fileExists, "\(output) is there already and is left as it is; choose another name")
        }
    }

    /// - Returns: nil where token and store are in the installation's folder.
    private static func stateFolder(_ settings: WorkerSettings, _ home: InstallationFolder) throws(SetupError)
        -> String?
    {
        let file = settings.store.sqliteFile
        if file == home.databaseFile { return nil }
        let place = "/" + ArchivePath.store.text
        guard file.hasSuffix(place) else {
            throw SetupError(
                .optionInvalid,
                "worker.yaml: store.sqliteFile must end in \(place), as set-up makes it: a backup would have no place for it"
            )
        }
        return String(file.dropLast(place.count))
    }
}
