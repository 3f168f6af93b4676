internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import FoundationEssentials

/// `keyferry status`
package struct StatusCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show who is heard and whether keys are served, in one screen.",
        discussion: "Ends with 0 if all is well, with 3 if something is not."
    )

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let status = try await requesting { () async throws(AdminClientError) in try await client.status() }
        try output.write(status) { StatusScreen(status).text }
        guard status.condition == .serving else {
            throw CommandFailure(.notWell, "")
        }
    }
}

/// The status for people.
struct StatusScreen {
    let status: StatusResource
    let now: Date

    init(_ status: StatusResource, now: Date = Date()) {
        self.status = status
        self.now = now
    }

    var text: String {
        ([headline] + status.partitions.map(partition) + [workers, fronts] + expiring).joined(separator: "\n\n")
    }

    /// Nothing where no certificate ends soon.
    private var expiring: [String] {
        guard !status.expiringCertificates.isEmpty else { return [] }
        let lines = status.expiringCertificates.map { certificate in
            let left = certificate.notAfter.timeIntervalSince(now)
            let when = left < 0 ? "EXPIRED" : "expires in \(ProgressLine.text(.seconds(Int(left))))"
            return "  \(printable(certificate.kind)) \(printable(certificate.name)) \(when), "
                + certificate.notAfter.formatted(.iso8601)
        }
        return ["Certificates that expire within 30 days:\n" + lines.joined(separator: "\n")]
    }

    private var headline: String {
        switch status.condition {
        case .serving: "Keys are served."
        case .degraded: "Keys are served, but not all is well."
        case .down: "KEYS ARE NOT SERVED."
        }
    }

    private func partition(_ partition: PartitionResource) -> String {
        var lines = ["Partition \(printable(partition.name)): \(partition.isServing ? "serving" : "NOT SERVING")"]
        if let details = partition.details {
            lines.append("  token      \(printable(details.tokenSerial))")
            lines.append("  authority  generation \(details.authorityGeneration)")
            for key in details.rootKeys {
                let version = key.currentVersion.map { "version \($0)" } ?? "no current version"
                lines.append(
                    "  root key   \(printable(key.name)) (\(printable(key.identifier))), \(printable(key.status)), \(version)"
                )
                if let deletion = key.deletion { lines.append("  DELETION   \(printable(key.name)): \(deletion.text)") }
            }
        } else {
            lines.append("  token      unknown: no worker answered")
        }
        let depths = partition.queueDepths.sorted { $0.key < $1.key }
            .map { "\(printable($0.key)) \($0.value)" }
        lines.append("  queue      " + (depths.isEmpty ? "unknown" : depths.joined(separator: ", ")))
        return lines.joined(separator: "\n")
    }

    private var workers: String {
        var table = TextTable("WORKER", "PARTITION", "HSM", "STORE", "HEARD", "SESSIONS", "JOBS DONE")
        for worker in status.workers {
            table.add(
                printable(worker.name),
                printable(worker.partition),
                Self.hsm(worker.health),
                Self.store(worker.health),
                Self.age(worker.millisecondsSinceHeard),
                "\(worker.hsmSessions)",
                "\(worker.jobsDone)"
            )
        }
        return table.text(empty: "No worker is heard.")
    }

    private var fronts: String {
        var table = TextTable("FRONT", "ROLE", "HEARD", "CONNECTIONS", "JOBS IN FLIGHT")
        for front in status.fronts {
            table.add(
                printable(front.name),
                printable(front.role),
                Self.age(front.millisecondsSinceHeard) + (front.isHeard ? "" : ", SILENT"),
                "\(front.openConnections)",
                "\(front.jobsInFlight)"
            )
        }
        return table.text(empty: "No gateway is heard.")
    }

    private static func hsm(_ health: WorkerResource.Health) -> String {
        switch health {
        case .healthy, .storeFailing: "ok"
        case .hsmFailing: "FAILING"
        case .silent: "SILENT"
        }
    }

    private static func store(_ health: WorkerResource.Health) -> String {
        switch health {
        case .healthy: "ok"
        case .storeFailing: "FAILING"
        // A heartbeat names one failure, the HSM's first.
        case .hsmFailing: "unknown"
        case .silent: "SILENT"
        }
    }

    private static func age(_ milliseconds: Int) -> String {
        switch milliseconds {
        case ..<1_000: "now"
        case ..<120_000: "\(milliseconds / 1_000) s ago"
        default: "\(milliseconds / 60_000) min ago"
        }
    }
}
