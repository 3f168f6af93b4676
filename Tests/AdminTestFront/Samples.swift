package import JobDispatch
package import KeyModel
import Testing

/// Parts of a fleet.
package enum Samples {
    package static let partition: PartitionDescription = {
        guard let name = PartitionName("main") else { preconditionFailure("not a partition name") }
        let rootKey = RootKey(
            identifier: RootKeyIdentifier("root-1"),
            name: "first",
            partition: name,
            status: .active,
            created: Timestamp(secondsSince1970: 1_700_000_000)
        )
        return PartitionDescription(
            partition: name,
            authorityGeneration: 7,
            tokenSerial: "a1b2c3d4",
            rootKeys: [PartitionDescription.RootKeyDescription(rootKey: rootKey, currentVersion: 2)],
            expiring: []
        )
    }()

    package static func partition(expiring: [ExpiringCertificate]) -> PartitionDescription {
        PartitionDescription(
            partition: partition.partition,
            authorityGeneration: partition.authorityGeneration,
            tokenSerial: partition.tokenSerial,
            rootKeys: partition.rootKeys,
            expiring: expiring
        )
    }

    /// What a front hears: `gateways` names, and one worker of that health, heard `millisecondsAgo`.
    ///
    /// - Parameter endpoints: what the gateways show, by their names.
    package static func fleet(
        worker health: Heartbeat.Health? = .healthy,
        millisecondsAgo: Int64 = 200,
        gateways: [String] = ["gateway-1"],
        endpoints: [String: FrontEndpoint] = [:]
    ) -> FleetStatus {
        var state = FleetState(partition: partition.partition)
        if let health {
            state.hear(heartbeat(health), monotonic: 10_000 - millisecondsAgo, wall: 0)
        }
        for name in gateways {
            state.hear(front(name, .gateway, endpoints[name]), monotonic: 9_900)
        }
        state.hear(front("admin-1", .admin, nil), monotonic: 9_950)
        return state.status(monotonic: 10_000, queueDepths: ["interactive": 4, "operator": 0, "bulk": 0])
    }

    private static func heartbeat(_ health: Heartbeat.Health) -> Heartbeat {
        Heartbeat(
            bootID: [1],
            sequence: 1,
            time: 0,
            partition: partition.partition,
            workerName: "worker-1",
            health: health,
            authorityGeneration: 7,
            ticketKeyCertificate: [],
            hsmSessions: 2,
            jobsDone: 12_345
        )
    }

    private static func front(_ name: String, _ role: ServiceRole, _ endpoint: FrontEndpoint?) -> FrontHeartbeat {
        FrontHeartbeat(
            bootID: [2],
            sequence: 1,
            time: 0,
            name: name,
            role: role,
            openConnections: 5,
            jobsInFlight: 1,
            endpoint: endpoint
        )
    }
}
