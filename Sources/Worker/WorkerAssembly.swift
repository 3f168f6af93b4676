import Cryptography
import Foundation
import HSM
import JobTransport
import KeyModel
import KeyStorage
import KeyStorageSQLite
package import Logging
import Monitoring
import PipelineMembership
package import ServiceBootstrap
import ServiceLifecycle

/// Puts a worker together from its configuration.
package enum WorkerAssembly {
    /// Opens the token and the store, and checks what the worker will use.
    ///
    /// - Throws: `ServiceFailure` with what is wrong and what to do.
    package static func assemble(_ settings: WorkerSettings, _ logger: Logger) async throws -> AssembledProcess {
        let membership = try Membership(
            role: .worker,
            partition: settings.partition,
            identity: settings.identity,
            broker: settings.broker
        )
        let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
        let core = WorkerCore(name: membership.name)
        do {
            try await core.open(try plan(settings, logger: logger, clock: clock), credential: membership.credential)
        } catch {
            throw WorkerFailure.describe(error)
        }
        var consuming = JobConsumer.Configuration(
            transport: membership.transport,
            partition: membership.partition.text
        )
        consuming.maximumBatch = settings.batchJobs
        let consumer = try JobConsumer(configuration: consuming, logger: logger)
        let link = try FleetLink(
            configuration: FleetLink.Configuration(transport: membership.transport, routingKeys: []),
            logger: logger
        )
        let condition = WorkerCondition()
        let certificates = CertificateGauges(["identity": membership.certificate])
        let worker = WorkerService(
            core: core,
            condition: condition,
            consumer: consumer,
            link: link,
            membership: membership,
            logger: logger,
            clock: clock
        )
        return AssembledProcess(
            services: [link, consumer, worker],
            probes: HealthProbes(
                notReady: { condition.whyNotReady(isConsuming: consumer.isConsuming, isHeard: link.isConnected) },
                notAlive: { condition.whyNotAlive() },
                measure: certificates.measure
            )
        )
    }

    private static func plan(
        _ settings: WorkerSettings,
        logger: Logger,
        clock: @escaping @Sendable () -> Int64
    ) throws -> WorkerPlan {
        let operatorsAuthorities = try PEMFiles.certificates(settings.operatorsAuthorityFile)
        guard let recordMACKey = TokenKeyIdentifier(settings.hsm.recordMACKey) else {
            throw ServiceFailure(.configuration, "hsm.recordMACKey is not 32 hexadecimal digits")
        }
        let selector: TokenSelector =
            switch settings.hsm.token {
            case .label(let label): .label(label)
            case .serial(let serial): .serial(serial)
            }
        let location = TokenLocation(
            modulePath: settings.hsm.module,
            selector: selector,
            softHSMConfiguration: settings.hsm.softHSMConfigurationFile
        )
        var hsm = HSMSettings(location: location, guardDirectory: settings.hsm.guardFolder)
        hsm.recycleAfterObjects = settings.hsm.objectsPerRecycle
        // Whether there are 3DES keys is a policy of the gateways.
        hsm.allowsDES3 = true
        let operatorsTrust: OperatorsTrust
        do throws(CryptographyError) {
            operatorsTrust = try OperatorsTrust(operatorsAuthorities)
        } catch {
            throw ServiceFailure(.configuration, "\(settings.operatorsAuthorityFile) holds a certificate of no CA")
        }
        return WorkerPlan(
            hsm: hsm,
            pinFile: settings.hsm.pinFile,
            recordMACKey: recordMACKey,
            rootKeyImportKey: settings.hsm.rootKeyImportKey.flatMap(TokenKeyIdentifier.init),
            operatorsTrust: operatorsTrust,
            rootKeyRetentionDays: settings.rootKeyRetentionDays,
            rootKeyDeletionWaitSeconds: settings.rootKeyDeletionWaitSeconds,
            makeEngine: { [store = settings.store] in
                var options = SQLiteEngine.Options()
                options.busyTimeoutSeconds = Double(store.busy.components.seconds)
                return try SQLiteEngine(path: store.sqliteFile, options: options)
            },
            logger: logger,
            clock: clock
        )
    }
}
