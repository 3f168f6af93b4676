internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import FoundationEssentials

/// `keyferry root-key …`
package struct RootKeyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "root-key",
        abstract: "The keys in the HSM that all other keys are wrapped under.",
        subcommands: [
            CreateRootKey.self, ListRootKeys.self, ShowRootKey.self, RotateRootKey.self, SuspendRootKey.self,
            ResumeRootKey.self, ShowRootKeyImportToken.self, ImportRootKey.self, DeleteRootKey.self,
            SignRootKeyDeletion.self, RestoreRootKey.self, ShowDeletionReport.self,
        ]
    )

    package init() {}
}

package struct RootKeyArgument: ParsableArguments {
    @Argument(help: "The root key's name or identifier.")
    package var rootKey: String

    package init() {}
}

/// `keyferry root-key create NAME`
package struct CreateRootKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a root key in the HSM.",
        discussion: """
            The key is made in the HSM and never leaves it. An instance uses it once its owner has authorized that. Takes the \
            role 'key-owner'.
            """
    )

    @Argument(help: "A name for the root key.")
    package var name: String

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let made = try await requesting { () async throws(AdminClientError) in
            try await client.createRootKey(NewRootKey(name: name))
        }
        try output.write(made) {
            "Made root key '\(printable(made.name))' in partition \(printable(made.partition)): \(printable(made.identifier))."
        }
    }
}

/// `keyferry root-key list`
package struct ListRootKeys: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List root keys with their versions and what uses them."
    )

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let keys = try await requesting { () async throws(AdminClientError) in try await client.rootKeys() }
        try output.write(keys) { Self.table(keys) }
    }

    static func table(_ keys: [RootKeyDetails]) -> String {
        var table = TextTable("NAME", "STATUS", "VERSION", "KEYS", "UNDER OLDER VERSIONS", "INSTANCES", "IDENTIFIER")
        for key in keys {
            let total = key.versions.reduce(0) { $0 + $1.keyCount }
            let current = key.versions.filter { $0.status == "current" }.reduce(0) { $0 + $1.keyCount }
            table.add(
                printable(key.name),
                printable(key.status) + (key.rotation == nil ? "" : ", rotating"),
                key.currentVersion.map { "\($0)" } ?? "-",
                "\(total)",
                "\(total - current)",
                key.instances.isEmpty ? "-" : key.instances.map(printable).joined(separator: " "),
                printable(key.identifier)
            )
        }
        return table.text(empty: "There are no root keys.")
    }
}

/// `keyferry root-key show KEY`
package struct ShowRootKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a root key, its versions, and what still needs each of them."
    )

    @OptionGroup package var rootKey: RootKeyArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = rootKey.rootKey
        let found = try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.rootKey(name)
        }
        try output.write(found) { Self.text(found, at: .now) }
    }

    static func text(_ key: RootKeyDetails, at now: Date) -> String {
        var lines = [
            "Root key '\(printable(key.name))'",
            "  identifier  \(printable(key.identifier))",
            "  partition   \(printable(key.partition))",
            "  status      \(printable(key.status))",
            "  created     \(moment(key.created))",
            "  used by     \(key.instances.isEmpty ? "no instance" : key.instances.map(printable).joined(separator: ", "))",
        ]
        if let deletion = key.deletion {
            lines.append("  deletion    \(deletion.text), operation \(printable(deletion.operation))")
        }
        if let rotation = key.rotation { lines.append("  rotation    \(printable(rotation)), running") }
        var table = TextTable("VERSION", "STATUS", "CREATED", "KEYS", "NEEDED BY", "KEPT UNTIL")
        for version in key.versions {
            let needs = version.neededBy.sorted { $0.key < $1.key }.map { "\(printable($0.key)) (\($0.value))" }
            table.add(
                "\(version.version)",
                printable(version.status),
                moment(version.created),
                "\(version.keyCount)",
                needs.isEmpty ? "no key" : needs.joined(separator: ", "),
                version.keptUntil.map { moment($0) } ?? ""
            )
        }
        return (lines + ["", table.text(empty: "It has no versions.")] + notes(key, now)).joined(separator: "\n")
    }

    /// What an older version still waits for.
    private static func notes(_ key: RootKeyDetails, _ now: Date) -> [String] {
        guard key.rotation == nil else { return [] }
        let overdue = key.versions.filter { version in
            version.keyCount > 0 && version.keptUntil.map { $0 <= now } == true
        }
        return overdue.map {
            "\nVersion \($0.version) stays beyond its time, for keys are under it: "
                + "'keyferry root-key rotate \(printable(key.name))' moves them."
        }
    }
}

/// `keyferry root-key rotate KEY`
package struct RotateRootKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new version of a root key, and move all keys under it.",
        discussion: """
            New keys are wrapped under the new version at once. The others are moved in the background by the workers; they \
            stay the same keys and are served all through. Ctrl-C ends the waiting and not the rotation: 'keyferry operation \
            wait' goes on waiting. The version before stays in the HSM, for backups. With --wrapped-key the new version is \
            one that you have made and wrapped, as 'keyferry root-key import-token' says, and you sign the request. Takes the \
            role 'key-owner'.
            """
    )

    @OptionGroup package var rootKey: RootKeyArgument

    @Option(help: ArgumentHelp("A version of your own, wrapped.", valueName: "file"), completion: .file())
    package var wrappedKey: String?

    @Flag(name: .customLong("no-wait"), help: "Do not wait until all keys are moved.")
    package var isLeftAlone = false

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let wrapped: [UInt8]? = if let wrappedKey { try InputFile.wrappedRootKey(wrappedKey) } else { nil }
        let (client, signing) = try await connection.connectToSign()
        let operation =
            if let wrapped { try await rotate(to: wrapped, client, signing) } else { try await rotate(client) }
        guard !isLeftAlone else {
            return try output.write(operation) {
                """
                Root key '\(printable(operation.subjectName))' has version \(operation.targetVersion ?? 0). Keys are moved in \
                the background: keyferry operation wait \(printable(operation.identifier))
                """
            }
        }
        try await OperationWait(client: client, output: output).end(of: operation)
    }

    private func rotate(_ client: AdminRESTClient) async throws(CommandFailure) -> OperationResource {
        let name = rootKey.rootKey
        return try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.rotateRootKey(name)
        }
    }
}

/// `keyferry root-key suspend KEY`
package struct SuspendRootKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "suspend",
        abstract: "Stop all use of a root key at once.",
        discussion: """
            No key under it is served, created or registered any more, and the connections of the instances that use it are \
            closed, within a second. Nothing is lost: 'keyferry root-key resume' ends it. Takes the role 'key-owner'.
            """
    )

    @OptionGroup package var rootKey: RootKeyArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = rootKey.rootKey
        let key = try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.suspendRootKey(name)
        }
        try output.write(key) {
            let stopped =
                key.instances.isEmpty ? "No instance uses it." : "Out of service: \(Self.list(key.instances))."
            return "Root key '\(printable(key.name))' is suspended. \(stopped)"
        }
    }

    fileprivate static func list(_ names: [String]) -> String {
        names.map(printable).joined(separator: ", ")
    }
}

/// `keyferry root-key resume KEY`
package struct ResumeRootKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Use a root key again that was suspended.",
        discussion: "Its versions are tried in the HSM first. Takes the role 'key-owner'."
    )

    @OptionGroup package var rootKey: RootKeyArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = rootKey.rootKey
        let key = try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.resumeRootKey(name)
        }
        try output.write(key) { "Root key '\(printable(key.name))' is \(printable(key.status))." }
    }
}

/// As `requesting`, for requests about a root key: where it does not exist, one with a similar name is suggested.
func requesting<Value>(
    aboutRootKey name: String,
    of client: AdminRESTClient,
    _ request: () async throws(AdminClientError) -> Value
) async throws(CommandFailure) -> Value {
    do {
        return try await request()
    } catch {
        guard case .problem(let problem) = error.code, problem.knownCode == .rootKeyNotFound,
            let keys = try? await client.rootKeys()
        else { throw CommandFailure(error) }
        let near = Suggestion.nearest(to: name, among: keys.map(\.name))
        throw CommandFailure(
            .refused,
            "there is no root key '\(printable(name))'" + (near.map { "; did you mean '\(printable($0))'?" } ?? ""),
            advice: near == nil ? "'keyferry root-key list' shows those there are." : nil
        )
    }
}

/// Date and time, in UTC.
func moment(_ date: Date) -> String {
    date.formatted(.iso8601)
}
