package import ArgumentParser
internal import Foundation
internal import ServiceBootstrap

/// `keyferry profile …`
package struct ProfileCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Settings for several servers.",
        discussion: """
            A profile is a settings file like operator.yaml, as profiles/NAME.yaml in the same folder. --profile NAME or \
            KEYFERRY_PROFILE chooses it.
            """,
        subcommands: [ListProfiles.self]
    )

    package init() {}
}

/// `keyferry profile list`
package struct ListProfiles: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the profiles and their servers.",
        discussion: "No server is asked."
    )

    @Option(
        help: ArgumentHelp(
            "The folder of the settings. (default: KEYFERRY_HOME, or else ~/.keyferry)",
            valueName: "folder"
        )
    )
    package var home: String?
    @OptionGroup package var output: OutputOptions

    package init() {}

    struct Entry: Encodable {
        /// Nil for `operator.yaml`.
        let name: String?
        let file: String
        let server: String?
        let problem: String?
    }

    package func perform() async throws(CommandFailure) {
        let profiles = OperatorProfiles(home: home, environment: Console.current.environment)
        var entries: [Entry] = []
        for name in [nil] + profiles.names.map(Optional.some) {
            let file = profiles.file(name)
            guard name != nil || FileManager.default.fileExists(atPath: file) else { continue }
            do {
                // Without the environment: it would override the server of every file.
                let settings = try await ConfigurationReader.read(OperatorSettings.self, path: file, environment: [:])
                let server = settings.server.description
                entries.append(Entry(name: name, file: file, server: server, problem: nil))
            } catch {
                entries.append(Entry(name: name, file: file, server: nil, problem: error.description))
            }
        }
        try output.write(entries) { Self.table(entries) }
    }

    private static func table(_ entries: [Entry]) -> String {
        var table = TextTable("PROFILE", "SERVER")
        for entry in entries {
            table.add(
                entry.name.map(printable) ?? "(none)",
                entry.server.map(printable) ?? "NOT IN ORDER: \(printable(entry.problem ?? ""))"
            )
        }
        return table.text(empty: "There are no settings.")
    }
}
