import ArgumentParser
import Foundation
package import Logging
package import ServiceLifecycle
import UnixSignals

/// The life of a long-running process: hardening, configuration, log, services, orderly end.
///
/// ```swift
/// @main
/// enum GatewayProcess {
///     static func main() async {
///         await ServiceProcess.main("keyferry-gateway", GatewaySettings.self) { settings, logger in
///             [try await BrokerLink(settings.broker), try await GatewayServer(settings)]
///         }
///     }
/// }
/// ```
package enum ServiceProcess {
    /// Runs the process and ends it with a `ServiceExitCode`.
    ///
    /// - Parameters:
    ///   - name: the executable's, for the log.
    ///   - assemble: makes the services in the order of dependence: they are started from the first to the last and
    ///     stopped from the last to the first, each after the one before it has ended. When one of them ends or
    ///     throws, all are ended.
    package static func main<Settings: ServiceSettings>(
        _ name: String,
        _: Settings.Type,
        assemble: @Sendable (Settings, Logger) async throws -> [any Service]
    ) async -> Never {
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
                try await run(try await assemble(settings, logger), settings.process, logger: logger)
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

    private static func startLog(_ name: String, _ settings: LogSettings) -> Logger {
        LoggingSystem.bootstrap { label in LineLogHandler(label: label, settings: settings) }
        return Logger(label: name)
    }

    private static func run(
        _ services: [any Service],
        _ settings: ProcessSettings,
        logger: Logger
    ) async throws {
        // The library reports every step of every service at debug and info; ours say what matters themselves.
        var quiet = logger
        quiet.logLevel = max(settings.log.level, .error)
        let limit = ShutdownLimit(limit: settings.shutdown + .milliseconds(500), logger: logger)
        var configuration = ServiceGroupConfiguration(
            services: services.map {
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
