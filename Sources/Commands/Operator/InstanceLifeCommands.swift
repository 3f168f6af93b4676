internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import FoundationEssentials

package struct InstanceArgument: ParsableArguments {
    @Argument(help: "The instance, such as kmip-ab.")
    package var instance: String

    package init() {}
}

/// `keyferry instance create [NAME]`
package struct CreateInstance: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make an instance. It serves keys once it is activated."
    )

    @Argument(help: "Its name. (default: kmip- and two letters)")
    package var name: String?

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard name.map(ResourceName.isValid) ?? true else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = name
        let created = try await requesting { () async throws(AdminClientError) in
            try await client.createInstance(name)
        }
        try output.write(created) {
            let name = printable(created.name)
            return """
                Made \(name). It serves no keys yet. Next:
                  an owner of a root key   keyferry authorization grant --root-key ROOT-KEY --instance \(name)
                  a KMIP manager           keyferry instance activate \(name) --root-key ROOT-KEY
                """
        }
    }
}

/// `keyferry instance show NAME`
package struct ShowInstance: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an instance: whether it serves, and if not why; its root key, keys and certificates."
    )

    @OptionGroup package var instance: InstanceArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = instance.instance
        let details = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.instance(name)
        }
        try output.write(details) { Self.text(details) }
    }

    static func text(_ details: InstanceDetailsResource) -> String {
        let serving = details.isServing ? "yes" : "NO: \(printable(details.whyNotServing ?? "it does not say why"))"
        let rootKey = details.rootKey.map { identifier in
            let version = details.rootKeyVersion.map { ", version \($0)" } ?? ""
            return "\(printable(details.rootKeyName ?? "?")) (\(printable(identifier)))\(version)"
        }
        let keys = details.keyCounts.sorted { $0.key < $1.key }.map { "\($0.value) \(printable($0.key))" }
        var lines = [
            "\(printable(details.name)) (\(printable(details.identifier)))",
            "  status      \(printable(details.status))",
            "  serves      \(serving)",
        ]
        lines += GatewayLines(details.gateways).lines
        lines += [
            "  partition   \(printable(details.partition))",
            "  root key    \(rootKey ?? "none")",
            "  keys        \(keys.isEmpty ? "none" : keys.joined(separator: ", "))",
            "  last use    \(details.lastUse.map { $0.formatted(.iso8601) } ?? "never")",
            "  created     \(details.created.formatted(.iso8601))",
        ]
        let certificates = details.certificates.map { "\(printable($0.name)) (\(printable($0.subject)))" }
        lines.append("  clients     \(certificates.isEmpty ? "none" : certificates.joined(separator: ", "))")
        return lines.joined(separator: "\n")
    }
}

/// `keyferry instance activate NAME --root-key R`
package struct ActivateInstance: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Begin service with a root key, whose owner has authorized the instance."
    )

    @OptionGroup package var instance: InstanceArgument
    @OptionGroup package var rootKey: RootKeyOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let (name, wanted) = (instance.instance, rootKey.rootKey)
        let rootKey = try await ChosenRootKey(wanted, of: client)
        let activated = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.activateInstance(name, with: rootKey.identifier)
        }
        try output.write(activated) { "\(name) serves keys under root key '\(printable(rootKey.name))'." }
    }
}

/// `keyferry instance deactivate NAME`
package struct DeactivateInstance: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "deactivate",
        abstract: "End an instance's service. Its keys stay.",
        discussion: "Clients' connections are closed within a second. Activating it again serves the same keys."
    )

    @OptionGroup package var instance: InstanceArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = instance.instance
        let deactivated = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.deactivateInstance(name)
        }
        try output.write(deactivated) { "\(name) is inactive: it serves no keys. They stay." }
    }
}
