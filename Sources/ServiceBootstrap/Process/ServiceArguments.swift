import ArgumentParser

/// The command line of every long-running process.
struct ServiceArguments: ParsableCommand {
    static var configuration: CommandConfiguration {
        let executable = CommandLine.arguments.first?.split(separator: "/").last.map(String.init)
        return CommandConfiguration(
            commandName: executable,
            abstract: "Run a process of a Keyferry site by its configuration file.",
            discussion: "With `health` as the first argument, asks the running process how it is."
        )
    }

    @Option(name: .long, help: "The configuration file (YAML).")
    var config: String

    @Flag(name: .long, help: "Read the configuration, say whether it is in order, and stop.")
    var checkConfig = false
}
