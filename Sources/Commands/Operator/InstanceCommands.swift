internal import AdminClient
internal import AdminResources
package import ArgumentParser

/// `keyferry instance …`
package struct InstanceCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "instance",
        abstract: "Key providers, as vCenter sees them.",
        subcommands: [
            CreateInstance.self, ListInstances.self, ShowInstance.self, ActivateInstance.self, DeactivateInstance.self,
            DeleteInstance.self, ShowRemovalSteps.self,
        ]
    )

    package init() {}
}

/// `keyferry instance list`
package struct ListInstances: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List instances with their root key, certificates and keys."
    )

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let instances = try await requesting { () async throws(AdminClientError) in try await client.instances() }
        try output.write(instances) { Self.table(instances) }
    }

    static func table(_ instances: [InstanceResource]) -> String {
        var table = TextTable("NAME", "STATUS", "PARTITION", "ROOT KEY", "CERTIFICATES", "ACTIVE KEYS", "OTHER KEYS")
        for instance in instances {
            let active = instance.keyCounts["active"] ?? 0
            table.add(
                printable(instance.name),
                printable(instance.status),
                printable(instance.partition),
                printable(instance.rootKey ?? "-"),
                "\(instance.certificateCount)",
                "\(active)",
                "\(instance.keyCounts.values.reduce(0, +) - active)"
            )
        }
        return table.text(empty: "There are no instances.")
    }
}
