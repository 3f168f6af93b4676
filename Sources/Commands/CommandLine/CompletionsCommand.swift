package import ArgumentParser

/// `keyferry completions`
package struct CompletionsCommand: ReportingCommand {
    package enum Shell: String, ExpressibleByArgument, CaseIterable, Sendable {
        case bash, zsh, fish

        var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    package static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print a script that has a shell complete this program's commands.",
        discussion: """
            The Debian packages install the scripts. Elsewhere, for bash: keyferry completions bash \
            >~/.local/share/bash-completion/completions/keyferry; for fish: \
            >~/.config/fish/completions/keyferry.fish; for zsh: a file _keyferry in a folder of $fpath.
            """
    )

    @Argument(help: "The shell.")
    package var shell: Shell

    package init() {}

    package func perform() async throws(CommandFailure) {
        Console.current.output(KeyferryCommand.completionScript(for: shell.completionShell))
    }
}
