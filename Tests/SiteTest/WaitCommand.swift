import AdminClient
import AdminResources
import ArgumentParser
import Foundation

/// Waits for a fleet.
struct WaitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until so many gateways and workers are heard, no more and no fewer."
    )

    @OptionGroup var site: SiteOptions

    @Option(help: "Gateways that are heard.")
    var gateways: Int

    @Option(help: "Workers that are healthy.")
    var workers: Int

    @Option(help: "For how long.")
    var seconds: Int = 60

    func run() async throws {
        let admin = try site.adminClient()
        let took = try await wait("\(gateways) gateways and \(workers) workers", within: .seconds(seconds)) {
            let status = try await admin.status()
            let heard = status.fronts.count { $0.role == "gateway" && $0.isHeard }
            let healthy = status.workers.count { $0.health == .healthy }
            try require(heard == gateways && healthy == workers, "\(heard) gateways and \(healthy) workers")
            return true
        }
        say("\(gateways) gateways and \(workers) workers are heard, after \(took.milliseconds) ms")
        sayPassed(Self.self)
    }
}

/// A line of the report, written at once: `print` keeps lines back where the output is a pipe.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// The last line of a command that found nothing wrong. Whoever started it by way of others looks for it.
func sayPassed(_ command: (some ParsableCommand).Type) {
    say("passed: \(command.configuration.commandName ?? "")")
}

extension Duration {
    var milliseconds: Int { Int(self / .milliseconds(1)) }
}
