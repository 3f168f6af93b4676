internal import AdminResources
internal import Cryptography
internal import FoundationEssentials
internal import Hummingbird
internal import JobDispatch
internal import KeyModel

/// `/v1/status`.
struct StatusRoutes: RouteGroup {
    let jobs: any OperatorJobs

    var routes: [Route] {
        [Route(.get, "/v1/status", handle: show)]
    }

    /// The status is for when something is wrong: it is answered, from what this front hears, also where no worker can
    /// be asked. It then shows no more than who is heard, to someone with an operator's certificate. Where a worker can
    /// be asked, it decides.
    @Sendable
    private func show(_ request: Request, _ context: AdminRequestContext) async throws -> Response {
        var answered: PartitionDescription?
        do throws(APIFailure) {
            guard case .partition(let description) = try await jobs.perform(.partition(.describe), for: context) else {
                throw APIFailure(.internal)
            }
            answered = description
        } catch {
            guard error.code.isTransient else { throw error }
        }
        return .json(StatusResource(fleet: await jobs.fleetStatus(), answered: answered, now: Date()))
    }
}

extension StatusResource {
    /// - Parameter answered: what a worker said of its partition, if one did.
    init(fleet: FleetStatus, answered: PartitionDescription?, now: Date) {
        let partitions = fleet.partitions.map { status in
            PartitionResource(status, answered: answered?.partition == status.partition ? answered : nil)
        }
        let workers = fleet.workers.map(WorkerResource.init)
        let fronts = fleet.fronts.map(FrontResource.init)
        self.init(
            condition: Self.condition(partitions: partitions, workers: workers, fronts: fronts),
            partitions: partitions.sorted { $0.name < $1.name },
            workers: workers.sorted { $0.name < $1.name },
            fronts: fronts.sorted { ($0.role, $0.name) < ($1.role, $1.name) },
            expiringCertificates: Self.expiring(fleet, answered, now)
        )
    }

    private static func expiring(
        _ fleet: FleetStatus,
        _ answered: PartitionDescription?,
        _ now: Date
    ) -> [ExpiringCertificateResource] {
        let told = (answered?.expiring ?? []).map {
            ExpiringCertificateResource(kind: $0.kind.rawValue, name: $0.name, notAfter: Date($0.end))
        }
        let horizon = now.addingTimeInterval(Double(ExpiringCertificate.warningSeconds))
        let servers = fleet.fronts.filter(\.isHeard).compactMap { front in
            front.serverCertificate.map {
                ExpiringCertificateResource(
                    kind: ExpiringCertificate.Kind.server.rawValue,
                    name: front.name,
                    notAfter: $0.notAfter
                )
            }
        }
        return (told + servers.filter { $0.notAfter <= horizon }).sorted {
            ($0.notAfter, $0.kind, $0.name) < ($1.notAfter, $1.kind, $1.name)
        }
    }

    private static func condition(
        partitions: [PartitionResource],
        workers: [WorkerResource],
        fronts: [FrontResource]
    ) -> Condition {
        let hasGateway = fronts.contains { $0.role == ServiceRole.gateway.rawValue && $0.isHeard }
        guard hasGateway, partitions.contains(where: \.isServing) else { return .down }
        let isWhole =
            partitions.allSatisfy { $0.isServing && $0.details != nil } && workers.allSatisfy { $0.health == .healthy }
            && fronts.allSatisfy(\.isHeard)
        return isWhole ? .serving : .degraded
    }
}

extension PartitionResource {
    fileprivate init(_ status: FleetStatus.PartitionStatus, answered: PartitionDescription?) {
        self.init(
            name: status.partition.text,
            isServing: status.isServing,
            queueDepths: status.queueDepths,
            details: answered.map(PartitionDetails.init)
        )
    }
}

extension PartitionDetails {
    fileprivate init(_ description: PartitionDescription) {
        self.init(
            authorityGeneration: description.authorityGeneration,
            tokenSerial: description.tokenSerial,
            rootKeys: description.rootKeys.map { described in
                RootKeyResource(
                    identifier: described.rootKey.identifier.text,
                    name: described.rootKey.name,
                    status: described.rootKey.status.rawValue,
                    currentVersion: described.currentVersion,
                    deletion: described.deletion.map { RootKeyDeletionResource($0) }
                )
            }
        )
    }
}

extension WorkerResource {
    fileprivate init(_ status: FleetStatus.WorkerStatus) {
        let health: Health =
            switch status.health {
            case _ where status.millisecondsSinceHeard > FleetState.longestSilence: .silent
            case .healthy: .healthy
            case .hsmFailing: .hsmFailing
            case .storeFailing: .storeFailing
            }
        self.init(
            name: status.name,
            partition: status.partition.text,
            health: health,
            millisecondsSinceHeard: Int(clamping: status.millisecondsSinceHeard),
            authorityGeneration: status.authorityGeneration,
            hsmSessions: status.hsmSessions,
            jobsDone: status.jobsDone
        )
    }
}

extension FrontResource {
    fileprivate init(_ status: FleetStatus.FrontStatus) {
        self.init(
            name: status.name,
            role: status.role.rawValue,
            isHeard: status.isHeard,
            millisecondsSinceHeard: Int(clamping: status.millisecondsSinceHeard),
            openConnections: status.openConnections,
            jobsInFlight: status.jobsInFlight
        )
    }
}

extension FleetStatus.FrontStatus {
    var isHeard: Bool { millisecondsSinceHeard <= FleetState.longestSilence }

    /// What it shows to its clients; nil where it does not say, or what it says is no certificate.
    var serverCertificate: ServerCertificateResource? {
        guard let der = endpoint?.certificate, let certificate = try? Certificate(der: der) else { return nil }
        return ServerCertificateResource(
            fingerprint: certificate.fingerprintText,
            hosts: certificate.subjectAlternativeNames.map(\.text),
            subject: certificate.subject,
            notAfter: Date(Timestamp(secondsSince1970: certificate.notAfter)),
            pem: certificate.pem
        )
    }
}
