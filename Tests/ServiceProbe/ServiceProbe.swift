import Logging
import Monitoring
import ServiceBootstrap
import ServiceLifecycle

/// A process that does nothing but live as every process of the project does; its "partition" says how it ends.
@main
enum ServiceProbe {
    struct Waiting: Service {
        let endsInTime: Bool
        let logger: Logger

        func run() async throws {
            // Signals are waited for from here on; before, while it is put together, they end the process as by default.
            logger.info("ready")
            try? await gracefulShutdown()
            while !endsInTime { try? await Task.sleep(for: .seconds(1)) }
        }
    }

    struct Refused: Service {
        func run() async throws {
            throw ServiceFailure(.credentialRefused, "the token did not take the PIN")
        }
    }

    static func main() async {
        await ServiceProcess.main("service-probe", AdminSettings.self) { settings, logger in
            let services: [any Service] =
                switch settings.partition {
                case "refused": [Waiting(endsInTime: true, logger: logger), Refused()]
                case "stuck": [Waiting(endsInTime: false, logger: logger)]
                default: [Waiting(endsInTime: true, logger: logger)]
                }
            return AssembledProcess(
                services: services,
                probes: HealthProbes(
                    notReady: { settings.partition == "unready" ? "it was told so" : nil },
                    notAlive: {
                        if settings.partition == "hanging" { try? await Task.sleep(for: .seconds(600)) }
                        return nil
                    }
                )
            )
        }
    }
}
