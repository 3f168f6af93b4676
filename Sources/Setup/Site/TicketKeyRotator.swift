import BlockingExecution
import Cryptography
import Foundation
import KeyModel
import Logging
import ServiceBootstrap

/// Rotates the ticket key of a running site once a day. It logs in to the token for that, and out again.
actor TicketKeyRotator {
    private let executor = BlockingExecutor(name: "ticket-keys")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    struct Result {
        let isRotated: Bool
        /// The name of an instance that is in service.
        let instance: String?
    }

    private let home: InstallationFolder
    private let settings: WorkerSettings
    private let logger: Logger

    init(home: InstallationFolder, settings: WorkerSettings, logger: Logger) {
        self.home = home
        self.settings = settings
        self.logger = logger
    }

    /// Opens the installation, which also shows that PIN, token, store and authority fit together; makes a new ticket
    /// key where the current one is a day old; destroys those that are of no more use.
    ///
    func rotateIfDue() throws -> Result {
        guard let partition = PartitionName(settings.partition) else {
            throw SetupError(.installationDamaged, "worker.yaml: partition is not a partition's name")
        }
        let installation = try OpenedInstallation(settings, logger: logger)
        defer { installation.close() }
        let now = Int64(Date().timeIntervalSince1970)
        let rotation = TicketKeyRotation(
            services: try home.issuer(.servicesAuthority, at: now),
            partition: partition,
            now: now
        )
        let current = installation.authority.ticketKeys.first { $0.partition == partition && $0.status == .current }
        if let current, current.created.secondsSince1970 + TicketKeyRotation.intervalSeconds > now {
            _ = try rotation.destroyOutdated(in: installation)
            return Result(isRotated: false, instance: instance(of: installation.authority))
        }
        try rotation.run(in: installation)
        return Result(isRotated: true, instance: instance(of: installation.authority))
    }

    private func instance(of authority: Authority) -> String? {
        authority.instances.first { $0.status == .installed && $0.partition.text == settings.partition }?.name
    }
}
