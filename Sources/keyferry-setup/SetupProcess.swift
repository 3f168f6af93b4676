import ArgumentParser
import Foundation
import Logging
import ServiceBootstrap
import Setup

/// Makes an installation, renews what expires, runs a site on one machine.
@main
enum SetupProcess {
    static func main() async {
        // No core dumps: CA keys and the PIN pass through this process.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        umask(0o077)
        LoggingSystem.bootstrap { label in LineLogHandler(label: label, settings: LogSettings(level: .warning)) }
        do {
            var command = try SetupCommand.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard let report = FailureReport(error) else { SetupCommand.exit(withError: error) }
            try? FileHandle.standardError.write(contentsOf: Data("keyferry-setup: \(report.line)\n".utf8))
            exit(report.exitCode.rawValue)
        }
    }
}
