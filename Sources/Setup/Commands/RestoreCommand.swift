import ArgumentParser
import Cryptography
import Foundation
import Logging

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make the installation of a backup in an empty folder, and check it with its token."
    )

    @Argument(help: "The backup.")
    var file: String

    @Option(help: "The private half of the recovery key.")
    var recoveryKey: String

    @Option(help: "The folder to make. It must not exist, or be empty.")
    var home: String

    @Option(help: "The folder \"token\" of the installation that had the SoftHSM token, to copy it with its PIN.")
    var token: String?

    @Option(help: "A file with the token's PIN, to copy it; of mode 0600.")
    var pinFile: String?

    @Option(help: "The PKCS #11 module, where it is another file than before.")
    var module: String?

    @Option(help: "The user that workers run as, who gets the state, where it has a folder of its own.")
    var stateOwner: String?

    @Flag(help: "Restore a backup that is older than the token's authority: two key owners have signed for it.")
    var acceptOlder = false

    @Option(name: .customLong("approval"), help: "A key owner's signature (sign-restore). Repeatable.")
    var approvals: [String] = []

    func validate() throws {
        guard approvals.isEmpty || acceptOlder else { throw ValidationError("--approval goes with --accept-older") }
    }

    func run() async throws {
        var options = RestoreOptions(backupFile: file, recoveryKeyFile: recoveryKey, home: home)
        options.tokenFolder = token
        options.pinFile = pinFile
        options.modulePath = module
        options.stateOwner = try stateOwner.map { name throws(SetupError) in try StateOwner(name: name) }
        options.acceptsOlder = acceptOlder
        options.approvalFiles = approvals
        let now = Int64(Date().timeIntervalSince1970)
        let restoration = Restoration(options, logger: Logger(label: "keyferry-setup"), now: now)
        try await restoration.run().forEach(TerminalOutput.say)
    }
}

struct SignRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-restore",
        abstract: "As a key owner, agree to restoring a backup that is older than the token's authority."
    )

    @Argument(help: "The backup. Its header is read, and nothing else.")
    var file: String

    @Option(help: "What the token's authority has come to, as restore said when it refused.")
    var anchorGeneration: UInt64

    @Option(help: "The serial of the token, where it is not the one that the backup names.")
    var tokenSerial: String?

    @Option(help: "Your operator key.")
    var key: String

    @Option(help: "Your operator certificate.")
    var certificate: String

    @Option(help: "The file to make: your signature. It must not exist.")
    var out: String

    @Option(help: "For how many hours it is good.")
    var hours = 24

    func validate() throws {
        guard (1...168).contains(hours) else { throw ValidationError("--hours takes 1 to 168") }
    }

    func run() throws {
        let header = try BackupReader(path: file).header
        let serial = tokenSerial ?? header.manifest.tokenSerial
        let subject = RestoreSubject(
            backup: header.identifier,
            backupGeneration: header.manifest.generation,
            anchorGeneration: anchorGeneration,
            tokenSerial: serial
        )
        let files = CredentialFiles(certificateFile: certificate, keyFile: key)
        let approval = try RestoreApproval(
            subject,
            key: files.key(),
            certificate: files.certificate(),
            now: Int64(Date().timeIntervalSince1970),
            hours: hours
        )
        try approval.write(to: out)
        TerminalOutput.say("You have agreed, for \(hours) hours, that backup \(header.identifier)")
        header.manifest.lines.forEach { TerminalOutput.say("  " + $0) }
        TerminalOutput.say("takes the place of what token \(serial) has seen up to generation \(anchorGeneration).")
        TerminalOutput.say("Every removal and revocation in between is undone. Your signature: \(out)")
    }
}
