import AMQPClient
package import Cryptography
import Foundation
package import JobSealing
package import JobTransport
package import KeyModel
package import ServiceBootstrap

/// What makes a process a member of the pipeline: its identity, the services CA it trusts, and its way to the brokers.
package struct Membership: Sendable {
    package let credential: ServiceCredential
    package let transport: JobTransportConfiguration
    package let partition: PartitionName
    /// The identity's.
    package var certificate: Certificate { credential.certificate }
    /// Tells this process from all others: role, host and process id.
    package let name: String

    /// Reads certificate, key and CA, and checks that they fit each other and the role.
    ///
    /// - Throws: `ServiceFailure` that says which file is wrong, and what to do.
    package init(
        role: ServiceRole,
        partition: String,
        identity: IdentitySettings,
        broker: BrokerSettings
    ) throws {
        guard let partition = PartitionName(partition) else {
            throw ServiceFailure(.configuration, "partition: \(partition) is not a partition's name")
        }
        self.partition = partition
        self.name = "\(role.rawValue)-\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
        self.credential = try Self.credential(identity, role: role, partition: partition)
        self.transport = try JobTransportConfiguration(brokers: Self.brokers(broker, name: name))
    }

    private static func credential(
        _ settings: IdentitySettings,
        role: ServiceRole,
        partition: PartitionName
    ) throws -> ServiceCredential {
        let authority = try PEMFiles.certificate(settings.servicesAuthorityFile)
        let certificate = try PEMFiles.certificate(settings.certificateFile)
        let key = try PEMFiles.privateKey(settings.keyFile)
        do {
            let trust = try ServiceTrust(authority: authority, partition: partition)
            return try ServiceCredential(
                key: key,
                certificate: certificate,
                trust: trust,
                role: role,
                now: Int64(Date().timeIntervalSince1970 * 1_000)
            )
        } catch {
            throw ServiceFailure(
                .configuration,
                "\(settings.certificateFile): \(error): the certificate must be the services CA's, in its dates, for the"
                    + " role \(role.rawValue) and partition \(partition), and belong to \(settings.keyFile);"
                    + " keyferry-setup renew makes a new one"
            )
        }
    }

    private static func brokers(_ settings: BrokerSettings, name: String) -> AMQPConfiguration {
        AMQPConfiguration(
            endpoints: settings.addresses.map {
                AMQPEndpoint(
                    host: $0.host,
                    port: $0.port,
                    virtualHost: settings.virtualHost,
                    usesTLS: settings.tls != nil
                )
            },
            authentication: .credentialsFile(path: settings.credentialsFile),
            tls: settings.tls.map {
                AMQPConfiguration.TLS(
                    certificateAuthorityPath: $0.authorityFile,
                    clientCertificatePath: $0.certificateFile,
                    clientKeyPath: $0.keyFile
                )
            },
            connectionName: name
        )
    }
}
