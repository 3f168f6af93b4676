internal import Cryptography
internal import Glibc
internal import Hummingbird
internal import HummingbirdCore
package import JobDispatch
package import Logging
internal import NIOCore
internal import PipelineMembership
internal import ServiceBootstrap
internal import ServiceLifecycle
internal import TLSTransport

/// The admin front's listener: HTTPS with operators' certificates. It runs until its task's graceful shutdown, and then
/// ends when the requests under way are answered.
package struct AdminServer: Service {
    private let configuration: AdminConfiguration
    private let jobs: any OperatorJobs
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void
    private let tls: CurrentTLSContext
    private let connections = OpenConnections()

    /// - Parameter onListening: called with the port once connections are accepted.
    /// - Throws: `ServiceFailure` where certificate, key and authority can't be used.
    package init(
        configuration: AdminConfiguration,
        jobs: any OperatorJobs,
        logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) throws {
        self.configuration = configuration
        self.jobs = jobs
        self.logger = logger
        self.onListening = onListening
        tls = CurrentTLSContext(try Self.makeContext(configuration))
    }

    package func run() async throws {
        let limits = configuration.limits
        let tls = tls
        let server = HTTPServerBuilder { responder in
            let http = HTTP1Channel(
                responder: responder,
                configuration: .init(
                    idleTimeout: .seconds(Int64(limits.idleSeconds)),
                    httpDecoderConfiguration: .init(
                        // The request's target counts as a field: it has all parameters of a search, percent-encoded.
                        maxHeaderFieldSize: 16_384,
                        maxHeaderListSize: 32_768,
                        maxHeaderFieldCount: 64
                    )
                )
            )
            return TLSChildChannel(http: http, context: tls)
        }
        let application = Application(
            responder: AdminRouter(jobs: jobs, limits: limits).responder(),
            server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: connections.limited(to: limits.connectionCount)
            ),
            onServerRunning: { [onListening] channel in
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: logger
        )
        do {
            try await application.run()
        } catch let error as IOError where Self.portErrors.contains(error.errnoCode) {
            throw ServiceFailure(
                .unavailable,
                "can't listen on \(configuration.host) port \(configuration.port): \(error); end what listens there, "
                    + "or set listen.host and listen.port"
            )
        }
    }

    /// How many operators' connections are open.
    package var connectionCount: Int { connections.count }

    private static let portErrors: Set<CInt> = [EADDRINUSE, EADDRNOTAVAIL, EACCES]

    private static func makeContext(_ configuration: AdminConfiguration) throws -> TLSContext {
        let chain = try PEMFiles.certificates(configuration.certificateFile)
        let key = try PEMFiles.privateKey(configuration.keyFile)
        let authorities = try PEMFiles.certificates(configuration.operatorsAuthorityFile)
        do {
            return try TLSContext(
                server: TLSServerConfiguration(
                    identity: TLSIdentity(
                        certificate: chain[0],
                        intermediates: Array(chain.dropFirst()),
                        privateKey: key
                    ),
                    clientCertificates: .required(issuedBy: authorities),
                    ciphers: .modern
                )
            )
        } catch {
            throw ServiceFailure(
                .configuration,
                "\(configuration.certificateFile) and \(configuration.keyFile) can't be used together (\(error))"
            )
        }
    }
}
