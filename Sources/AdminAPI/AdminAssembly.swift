import Cryptography
import JobDispatch
import JobTransport
import KeyModel
package import Logging
import Metrics
import Monitoring
import NIOPosix
import PipelineMembership
package import ServiceBootstrap
import ServiceLifecycle

/// Puts an admin front together from its configuration.
package enum AdminAssembly {
    /// For an operator's job, in milliseconds: shorter than the command line's own limit.
    private static let jobTimeLimit: Int64 = 10_000

    /// - Throws: `ServiceFailure` with what is wrong and what to do.
    package static func assemble(_ settings: AdminSettings, _ logger: Logger) throws -> AssembledProcess {
        let membership = try Membership(
            role: .admin,
            partition: settings.partition,
            identity: settings.identity,
            broker: settings.broker
        )
        let partition = membership.partition.text
        let sender = try JobSender(
            configuration: JobSender.Configuration(transport: membership.transport, partitions: [partition]),
            logger: logger
        )
        let link = try FleetLink(
            configuration: FleetLink.Configuration(
                transport: membership.transport,
                routingKeys: FleetWatch.routingKeys(partition: partition)
            ),
            logger: logger
        )
        let dispatcher = JobDispatcher(
            settings: DispatchSettings(
                name: membership.name,
                role: .admin,
                partition: membership.partition,
                timeLimit: jobTimeLimit
            ),
            credential: membership.credential,
            sender: sender,
            logger: logger
        )
        let server = try makeServer(settings, jobs: dispatcher, logger: logger)
        let certificate = try PEMFiles.certificates(settings.tls.certificateFile)[0]
        let watch = FleetWatch(
            dispatcher: dispatcher,
            link: link,
            // Operators know where it is: they ask it.
            endpoint: FrontEndpoint(address: nil, certificate: certificate.der),
            openConnections: { server.connectionCount },
            // Nothing is kept here that a change could make old.
            onChange: { _ in },
            logger: logger
        )
        let certificates = CertificateGauges(["identity": membership.certificate, "server": certificate])
        let connections = Gauge(label: "keyferry_admin_connections")
        return AssembledProcess(
            services: [link, sender, watch, server],
            probes: probes(dispatcher, link).measuring {
                certificates.measure()
                dispatcher.measure()
                connections.record(server.connectionCount)
            }
        )
    }

    /// Ready is a front that hears a healthy worker: without one it can do nothing for an operator but say so. Alive is a
    /// process whose event loops turn.
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

    private static func makeServer(
        _ settings: AdminSettings,
        jobs: JobDispatcher,
        logger: Logger
    ) throws -> AdminServer {
        try AdminServer(
            configuration: AdminConfiguration(
                host: settings.listen.host,
                port: Int(settings.listen.port),
                certificateFile: settings.tls.certificateFile,
                keyFile: settings.tls.keyFile,
                operatorsAuthorityFile: settings.operatorsAuthorityFile
            ),
            jobs: jobs,
            logger: logger,
            onListening: { port in logger.notice("listening", metadata: ["port": "\(port)"]) }
        )
    }
}
