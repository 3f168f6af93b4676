internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import OperatorSignatures

/// `keyferry authorization …`
package struct AuthorizationCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "authorization",
        abstract: "Which instances a root key's owner allows to use it.",
        subcommands: [GrantAuthorization.self, ListAuthorizations.self, WithdrawAuthorization.self]
    )

    package init() {}
}

package enum AuthorizationRole: String, ExpressibleByArgument, CaseIterable, Sendable {
    case viewer
    case vmwareKMIPManager = "vmware-kmip-manager"
}

/// `keyferry authorization grant --root-key R --instance I`
package struct GrantAuthorization: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Allow an instance to use a root key.",
        discussion: """
            For owners of root keys. The grant is signed with your own key, here: no server can make one up. An instance \
            needs both roles, which it gets by default; what it had before is replaced.
            """
    )

    @OptionGroup package var rootKey: RootKeyOption
    @OptionGroup package var instance: InstanceOption

    @Option(name: .customLong("role"), help: "One role only. Repeatable.")
    package var roles: [AuthorizationRole] = []

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let (client, signing) = try await connection.connectToSign()
        let name = instance.instance
        let rootKey = try await ChosenRootKey(rootKey.rootKey, of: client)
        let details = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.instance(name)
        }
        let names = (roles.isEmpty ? AuthorizationRole.allCases : roles).map(\.rawValue)
        let signed = try signing.sign(
            .grantAuthorization(
                partition: rootKey.partition,
                rootKey: .init(name: rootKey.name, identifier: rootKey.identifier),
                instance: .init(name: name, identifier: details.identifier),
                roles: names
            )
        )
        let grant = AuthorizationGrant(roles: names, signed: signed)
        let granted = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.grantAuthorization(grant, for: rootKey.identifier, to: name)
        }
        try output.write(granted) { Self.text(granted, status: details.status) }
    }

    static func text(_ granted: AuthorizationResource, status: String) -> String {
        let (instance, rootKey) = (printable(granted.instance), printable(granted.rootKeyName))
        let roles = granted.roles.map(printable).joined(separator: ", ")
        let line = "\(instance) may use root key '\(rootKey)': \(roles)."
        guard granted.allowsService else { return line + "\nIt takes both roles to serve keys." }
        guard status == "inactive" else { return line }
        return line + "\nNext, a KMIP manager: keyferry instance activate \(instance) --root-key \(rootKey)"
    }
}

/// `keyferry authorization list [--root-key R]`
package struct ListAuthorizations: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List authorizations, of one root key or of all."
    )

    @Option(name: [.customShort("k"), .long], help: "The root key: its identifier, or its name.")
    package var rootKey: String?

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let rootKeys: [ChosenRootKey]
        if let rootKey {
            rootKeys = [try await ChosenRootKey(rootKey, of: client)]
        } else {
            rootKeys = try await ChosenRootKey.all(of: client)
        }
        var all: [AuthorizationResource] = []
        for rootKey in rootKeys {
            all += try await requesting { () async throws(AdminClientError) in
                try await client.authorizations(for: rootKey.identifier)
            }
        }
        let found = all
        try output.write(found) {
            var table = TextTable("ROOT KEY", "INSTANCE", "ROLES", "SUFFICES")
            for one in found {
                table.add(
                    "\(printable(one.rootKeyName)) (\(printable(one.rootKey)))",
                    printable(one.instance),
                    one.roles.map(printable).joined(separator: ", "),
                    one.allowsService ? "yes" : "no"
                )
            }
            return table.text(empty: "No instance may use a root key.")
        }
    }
}

/// `keyferry authorization withdraw --root-key R --instance I`
package struct WithdrawAuthorization: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Do not let an instance use a root key any more.",
        discussion: """
            Service ends at once and connections are closed within a second: virtual machines and hosts that need keys of it \
            can't get any. Its keys stay, and are served again once it is granted again.
            """
    )

    @OptionGroup package var rootKey: RootKeyOption
    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = instance.instance
        let rootKey = try await ChosenRootKey(rootKey.rootKey, of: client)
        try confirmation.confirm(
            name,
            consequence:
                "Ends the service of \(printable(name)) under root key '\(printable(rootKey.name))' at once. Its keys stay."
        )
        let withdrawn = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.withdrawAuthorization(for: rootKey.identifier, from: name)
        }
        try output.write(withdrawn) { "\(name) may not use root key '\(printable(withdrawn.rootKeyName))' any more." }
    }
}
