import ArgumentParser
import Cryptography
import Foundation
import Logging
import ServiceBootstrap

struct BackupKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup-key",
        abstract: "Make the recovery key that backups are encrypted to. Keep its private half offline."
    )

    @Option(help: "The file of the private half; its public half gets the same name and .pub.")
    var out: String

    @Option(help: "The installation whose backups are to be encrypted to it: it gets the public half too.")
    var home: String?

    func run() throws {
        let folder = home.map { InstallationFolder($0) }
        try folder?.requireInstallation()
        let publicFiles = try RecoveryKey.make(privateFile: out, home: folder)
        TerminalOutput.say("Made \(out), the private half: keep it offline, apart from backups and token, and twice.")
        TerminalOutput.say("Its public half, which is no secret: \(publicFiles.joined(separator: ", "))")
    }
}

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up an installation, without its token, while it serves; or verify a backup.",
        subcommands: [MakeBackupCommand.self, VerifyBackupCommand.self],
        defaultSubcommand: MakeBackupCommand.self
    )
}

struct MakeBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Make a backup: key store, CAs, certificates and keys, configuration. Not the token, not the PIN."
    )

    @Option(help: "The installation's folder.")
    var home: String

    @Option(help: "The file to make. It must not exist.")
    var out: String

    @Option(help: "The public half of the recovery key, instead of the installation's (backup-key.pem).")
    var recipient: String?

    func run() async throws {
        let maker = try BackupMaker(
            InstallationFolder(home),
            recipientFile: recipient,
            logger: Logger(label: "keyferry-setup"),
            now: Int64(Date().timeIntervalSince1970)
        )
        try await maker.make(output: out).lines.forEach(TerminalOutput.say)
    }
}

struct VerifyBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Look whether a backup is whole, without restoring it.",
        discussion: """
            Without --recovery-key its header alone is read: what it is a backup of and which root keys it needs. With it, \
            every chunk and the database are checked. With --home too, an installation with the token, every record and \
            every root key.
            """
    )

    @Argument(help: "The backup.")
    var file: String

    @Option(help: "The private half of the recovery key.")
    var recoveryKey: String?

    @Option(help: "An installation that has the token.")
    var home: String?

    func validate() throws {
        guard home == nil || recoveryKey != nil else { throw ValidationError("--home goes with --recovery-key") }
    }

    func run() async throws {
        let verification = try BackupVerification(file: file, logger: Logger(label: "keyferry-setup"))
        let key = try recoveryKey.map { path throws(SetupError) in try RecoveryKey.privateKey(in: path) }
        var settings: WorkerSettings?
        if let home { settings = try await InstallationFolder(home).workerSettings() }
        try verification.run(recoveryKey: key, token: settings).forEach(TerminalOutput.say)
    }
}
