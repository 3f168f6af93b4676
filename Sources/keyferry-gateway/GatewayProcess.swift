import Gateway
import ServiceBootstrap

/// Ends the clients' TLS, speaks KMIP with them, and has the workers do the rest.
@main
enum GatewayProcess {
    static func main() async {
        await ServiceProcess.main("keyferry-gateway", GatewaySettings.self) { settings, logger in
            try await GatewayAssembly.assemble(settings, logger)
        }
    }
}
