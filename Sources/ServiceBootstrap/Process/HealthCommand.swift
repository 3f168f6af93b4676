import ArgumentParser
import Monitoring

/// `keyferry-… health`: asks the process that runs with the same configuration how it is; for container health checks and
/// for people. It reads the group `monitoring` and nothing else: no key, no password, and no file that they are in.
struct HealthCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        let executable = CommandLine.arguments.first?.split(separator: "/").last ?? ""
        return CommandConfiguration(
            commandName: "\(executable) health",
            abstract: "Ask the running process how it is: exit code 0 if it does its work, 1 if not."
        )
    }

    /// How the command is asked for: the first argument of all.
    static let name = "health"

    @Option(name: .long, help: "The configuration file (YAML) of the process.")
    var config: String

    @Flag(name: .long, help: "Ask whether the process lives, not whether it does its work.")
    var live = false

    /// - Returns: the line to print, and whether the process is well.
    func ask<Settings: ServiceSettings>(_: Settings.Type) async -> HealthQuestion.Answer {
        let settings: MonitoringSettings
        do {
            settings = try await ConfigurationReader.readPart(path: config) { reader throws(ConfigurationError) in
                try MonitoringSettings(from: reader.group("monitoring"), defaultPort: Settings.monitoringPort)
            }
        } catch {
            return HealthQuestion.Answer(isWell: false, text: "\(error)")
        }
        guard settings.port > 0 else {
            return HealthQuestion.Answer(
                isWell: false,
                text: "monitoring.port is 0, any port: which one it became stands in the process's log only"
            )
        }
        return await HealthQuestion.ask(live ? .live : .ready, host: settings.host, port: Int(settings.port))
    }
}
