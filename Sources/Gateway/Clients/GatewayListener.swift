import KMIPServer
import ServiceBootstrap
import ServiceLifecycle

/// The listener as a service of the process, whose failure to begin says what to do about it.
struct GatewayListener: Service {
    let listener: KMIPListener

    func run() async throws {
        do {
            try await listener.run()
        } catch let error as KMIPServerError {
            throw ServiceFailure(
                .unavailable,
                "\(error); end what listens there, or set listen.host and listen.port"
            )
        }
    }
}
