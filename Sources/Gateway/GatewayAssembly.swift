import Cryptography
import JobDispatch
import JobTransport
import KMIPServer
import KeyModel
package import Logging
import Monitoring
import NIOCore
import NIOPosix
import PipelineMembership
package import ServiceBootstrap
import ServiceLifecycle
import TLSTransport

/// Puts a gateway together from its configuration.
package enum GatewayAssembly {
    /// - Throws: `ServiceFailure` with what is wrong and what to do.
    package static func assemble(_ settings: GatewaySettings, _ logger: Logger) async throws -> AssembledProcess {
        let membership = try Membership(
            role: .gateway,
            partition: settings.partition,
            identity: settings.identity,
            broker: settings.broker
        )
        var sending = JobSender.Configuration(
            transport: membership.transport,
            partitions: [membership.partition.text]
        )
        // Requests are refused by their share; who a client is can be asked all the same.
        sending.maximumInFlight = settings.limits.jobsInFlight + ClientDirectory.mostLookups
        let sender = try JobSender(configuration: sending, logger: logger)
        let link = try FleetLink(
            configuration: FleetLink.Configuration(
                transport: membership.transport,
                routingKeys: FleetWatch.routingKeys(partition: membership.partition.text)
            ),
            logger: logger
        )
        let dispatcher = JobDispatcher(
            settings: DispatchSettings(
                name: membership.name,
                role: .gateway,
                partition: membership.partition,
                timeLimit: settings.limits.job.milliseconds
            ),
            credential: membership.credential,
            sender: sender,
            logger: logger
        )
        let clients = ClientDirectory(dispatcher: dispatcher)
        let listener = try makeListener(settings, dispatcher: dispatcher, clients: clients, logger: logger)
        let server = try PEMFiles.certificates(settings.tls.certificateFile)[0]
        let certificates = CertificateGauges(["identity": membership.certificate, "server": server])
        let review = ConnectionReview(listener: listener, clients: clients, dispatcher: dispatcher, logger: logger)
        let watch = FleetWatch(
            dispatcher: dispatcher,
            link: link,
            endpoint: FrontEndpoint(address: settings.endpoint?.description, certificate: server.der),
            openConnections: { listener.connectionCount },
            onChange: { review.act(on: $0) },
            logger: logger
        )
        return AssembledProcess(
            services: [link, sender, watch, review, GatewayListener(listener: listener)],
            probes: probes(dispatcher, link).measuring {
                certificates.measure()
                dispatcher.measure()
            }
        )
    }

    /// Ready is what clients find: while no healthy worker is heard their connections are closed. Alive is a process whose
    /// event loops turn.
    private static func probes(_ dispatcher: JobDispatcher, _ link: FleetLink) -> HealthProbes {
        HealthProbes(
            notReady: {
                dispatcher.whyNotServing.map { link.isConnected ? $0 : "no connection to the broker; \($0)" }
            },
            notAlive: {
                await EventLoopTurn.all(of: MultiThreadedEventLoopGroup.singleton)
                return nil
            }
        )
    }

    private static func makeListener(
        _ settings: GatewaySettings,
        dispatcher: JobDispatcher,
        clients: ClientDirectory,
        logger: Logger
    ) throws -> KMIPListener {
        let chain = try PEMFiles.certificates(settings.tls.certificateFile)
        let identity = TLSIdentity(
            certificate: chain[0],
            intermediates: Array(chain.dropFirst()),
            privateKey: try PEMFiles.privateKey(settings.tls.keyFile)
        )
        let context = try TLSContext(
            server: TLSServerConfiguration(identity: identity, clientCertificates: .requested, ciphers: .kmip)
        )
        let handler = RequestHandler(
            dispatcher: dispatcher,
            clients: clients,
            policy: RequestPolicy(
                allowsTripleDES: settings.policy.allowsTripleDES,
                refusesCredentials: settings.policy.requestCredentials == .refuse
            ),
            jobsInFlight: settings.limits.jobsInFlight,
            logger: logger
        )
        var configuration = KMIPServerConfiguration(
            host: settings.listen.host,
            port: Int(settings.listen.port),
            maximumConnections: OpenFileLimit.connections(settings.limits.connections, logger: logger),
            maximumMessageByteCount: settings.limits.messageBytes
        )
        configuration.secureMemoryByteCount = KMIPServerConfiguration.messageMemory(
            ofArena: settings.process.memory.secretBytes
        )
        configuration.handshakeTimeout = .milliseconds(settings.limits.handshake.milliseconds)
        configuration.idleTimeout = .milliseconds(settings.limits.idle.milliseconds)
        configuration.readTimeout = .milliseconds(settings.limits.read.milliseconds)
        return KMIPListener(
            configuration: configuration,
            tls: CurrentTLSContext(context),
            handler: handler,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            onListening: { port in logger.notice("listening", metadata: ["port": "\(port)"]) }
        )
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
