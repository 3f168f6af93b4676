package import ArgumentParser

/// `keyferry`: the operators' command line. Each noun adds its commands here.
package struct KeyferryCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keyferry",
        abstract: "Operate a Keyferry key management server, or talk KMIP to any server.",
        discussion: """
            Operators' commands find the server by operator.yaml in ~/.keyferry, in the folder that KEYFERRY_HOME names, \
            or in the one given with --home. --profile or KEYFERRY_PROFILE chooses another server's.

            Exit codes:
            \(exitCodes)
            """,
        subcommands: [
            InstanceCommand.self, AuthorizationCommand.self, CertificateCommand.self, RootKeyCommand.self,
            KeyCommand.self, OperationCommand.self, OperatorCommand.self, IdentityCommand.self, StatusCommand.self,
            PlanCommand.self, InventoryCommand.self,
            MigrateCommand.self, KMIPCommand.self, ProfileCommand.self, CompletionsCommand.self,
            GenerateManualCommand.self,
        ]
    )

    private static var exitCodes: String {
        CommandExitCode.allCases.map { code in
            "  " + String(repeating: " ", count: 2 - "\(code.rawValue)".count) + "\(code.rawValue)  \(code.meaning)"
        }.joined(separator: "\n")
    }

    package init() {}
}
