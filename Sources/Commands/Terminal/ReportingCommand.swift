package import ArgumentParser

/// A command whose failures are reported in one way: to standard error, with advice, and with an exit code.
package protocol ReportingCommand: AsyncParsableCommand {
    func perform() async throws(CommandFailure)
}

extension ReportingCommand {
    package mutating func run() async throws {
        do throws(CommandFailure) {
            try await perform()
        } catch {
            let console = Console.current
            if !error.message.isEmpty {
                console.error("keyferry: \(error.message)")
            }
            if let advice = error.advice {
                console.error("  \(advice)")
            }
            throw ExitCode(error.exitCode.rawValue)
        }
    }
}
