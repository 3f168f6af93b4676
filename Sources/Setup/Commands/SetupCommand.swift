package import ArgumentParser

/// The command line of `keyferry-setup`.
package struct SetupCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keyferry-setup",
        abstract: "Makes an installation, renews its certificates, backs it up, and runs it on this machine.",
        subcommands: [
            InitCommand.self, RenewCommand.self, OperatorCertificateCommand.self, RunCommand.self,
            BackupKeyCommand.self, BackupCommand.self, RestoreCommand.self, SignRestoreCommand.self,
        ]
    )

    package init() {}
}
