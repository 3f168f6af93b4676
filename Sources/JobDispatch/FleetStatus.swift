package import KeyModel

/// Who is there, as far as this front hears.
package struct FleetStatus: Sendable {
    package struct WorkerStatus: Sendable {
        package let name: String
        package let partition: PartitionName
        package let health: Heartbeat.Health
        package let millisecondsSinceHeard: Int64
        package let authorityGeneration: UInt64
        package let hsmSessions: Int
        package let jobsDone: UInt64
    }

    package struct FrontStatus: Sendable {
        package let name: String
        package let role: ServiceRole
        package let millisecondsSinceHeard: Int64
        package let openConnections: Int
        package let jobsInFlight: Int
        package let endpoint: FrontEndpoint?
    }

    package struct PartitionStatus: Sendable {
        package let partition: PartitionName
        /// Whether a job sent now would find a worker that can do it.
        package let isServing: Bool
        /// Jobs that wait, by class; a class that can't be asked about is absent.
        package let queueDepths: [String: Int]

        package init(partition: PartitionName, isServing: Bool, queueDepths: [String: Int]) {
            self.partition = partition
            self.isServing = isServing
            self.queueDepths = queueDepths
        }
    }

    package let workers: [WorkerStatus]
    package let fronts: [FrontStatus]
    package let partitions: [PartitionStatus]

    package init(workers: [WorkerStatus], fronts: [FrontStatus], partitions: [PartitionStatus]) {
        self.workers = workers
        self.fronts = fronts
        self.partitions = partitions
    }
}
