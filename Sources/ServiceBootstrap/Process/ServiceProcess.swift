import ArgumentParser
import CoreMetrics
import Foundation
package import Logging
import Monitoring
import ServiceLifecycle
import UnixSignals

/// The life of a long-running process: hardening, configuration, log, monitoring, services, orderly end.
///
/// ```swift
/// @main
/// enum GatewayProcess {
///     static func main() async {
///         await ServiceProcess.main("keyferry-gateway", GatewaySettings.self) { settings, logger in
///             try await GatewayAssembly.assemble(settings, logger)
///         }
///     }
/// }
/// ```
package enum ServiceProcess {
    /// Runs the process and ends it with a `ServiceExitCode`; or, with `health` as the first argument, asks the process
    /// that runs how it is, and ends with 0 or 1.
    ///
    /// - Parameters:
    ///   - name: the executable's, for the log.
    ///   - assemble: puts the process together. Metrics made in it are the ones that are seen from outside.
    package static func main<Settings: ServiceSettings>(
        _ name: String,
        _: Settings.Type,
        assemble: @Sendable (Settings, Logger) async throws -> AssembledProcess
    ) async -> Never {
        if CommandLine.arguments.dropFirst().first == HealthCommand.name { await askHealth(Settings.self) }
        do {
            let arguments = ServiceArguments.parseOrExit()
            try ProcessHardening.apply()
            let settings = try await ConfigurationReader.read(Settings.self, path: arguments.config)
            if arguments.checkConfig {
                print("\(arguments.config) is in order")
                exit(ServiceExitCode.stopped.rawValue)
            }
            let logger = startLog(name, settings.process.log)
            do {
                try ProcessHardening.makeSecretMemory(settings.process.memory, logger: logger)
                let health = ProcessHealth()
                let monitoring = try await startMonitoring(settings.monitoring, health, logger: logger)
                let process = try await assemble(settings, logger)
                health.run(process.probes.measuring(SecureMemoryGauges(settings.process.memory).measure))
                try await run(process, settings.process, health, logger: logger)
                await monitoring.stop()
                logger.info("stopped")
                exit(ServiceExitCode.stopped.rawValue)
            } catch {
                logger.critical("\(error)")
                exit(exitCode(of: error).rawValue)
            }
        } catch {
            // There is no log yet: a line for the terminal.
            FileHandle.standardError.write(Data("\(name): \(error)\n".utf8))
            exit(exitCode(of: error).rawValue)
        }
    }

    private static func askHealth<Settings: ServiceSettings>(_: Settings.Type) async -> Never {
        let command: HealthCommand
        do {
            command = try HealthCommand.parse(Array(CommandLine.arguments.dropFirst(2)))
        } catch {
            HealthCommand.exit(withError: error)
        }
        let answer = await command.ask(Settings.self)
        print(answer.text)
        exit(answer.isWell ? 0 : 1)
    }

    private static func startLog(_ name: String, _ settings: LogSettings) -> Logger {
        LoggingSystem.bootstrap { label in LineLogHandler(label: label, settings: settings) }
        return Logger(label: name)
    }

    /// Before the process is put together, so that its start can be watched: a worker may wait for its token.
    private static func startMonitoring(
        _ settings: MonitoringSettings,
        _ health: ProcessHealth,
        logger: Logger
    ) async throws -> MonitoringServer {
        let registry = MetricRegistry(MetricCatalogue.all)
        MetricsSystem.bootstrap(registry)
        let subject = MonitoredProcess(registry: registry, health: health, version: KeyferryVersion.text)
        do {
            let server = try await MonitoringServer.start(
                host: settings.host,
                port: Int(settings.port),
                subject: subject
            )
            logger.info("monitoring", metadata: ["host": "\(settings.host)", "port": "\(server.port)"])
            return server
        } catch let error as MonitoringError {
            throw ServiceFailure(.unavailable, error.description)
        }
    }

    private static func run(
        _ process: AssembledProcess,
        _ settings: ProcessSettings,
        _ health: ProcessHealth,
        logger: Logger
    ) async throws {
        // The library reports every step of every service at debug and info; ours say what matters themselves.
        var quiet = logger
        quiet.logLevel = max(settings.log.level, .error)
        let limit = ShutdownLimit(limit: settings.shutdown + .milliseconds(500), health: health, logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: process.services.map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            } + [.init(service: limit, successTerminationBehavior: .ignore)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = settings.shutdown
        try await ServiceGroup(configuration: configuration).run()
    }

    static func exitCode(of error: any Error) -> ServiceExitCode {
        switch error {
        case let failure as ServiceFailure: failure.exitCode
        case is ConfigurationError: .configuration
        default: .failed
        }
    }
}
