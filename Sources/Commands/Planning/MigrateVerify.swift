internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import SiteInventory

/// `keyferry migrate verify`
package struct MigrateVerify: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Say what still depends on the old key provider.",
        discussion: """
            Ends with 0 if nothing does, with 3 otherwise. What no inventory shows, such as backups, may depend on it all \
            the same.
            """
    )

    @Option(help: ArgumentHelp("An inventory exported from vCenter after the migration.", valueName: "file"))
    package var inventory: String
    @OptionGroup package var options: MigrationOptions
    @Option(
        help: ArgumentHelp(
            "The new server's keys, a JSON array of objects with 'identifier' and 'state', to compare with.",
            valueName: "file"
        )
    )
    package var keys: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Ask the new server for the keys of this instance instead.", valueName: "instance")
    )
    package var instance: String?
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard keys == nil || instance == nil else { throw ValidationError("Give --keys or --instance, not both.") }
    }

    package func perform() async throws(CommandFailure) {
        let content = try InventoryFile.read(inventory)
        var roster: KeyRoster?
        if let keys { roster = try InventoryFile.keys(keys) }
        if let instance {
            let found = try await connection.connect().keys(of: instance).keys
            roster = KeyRoster(found.map { ($0.identifier, $0.state) })
        }
        let report = MigrationCheckReport(
            MigrationCheck(content, from: options.from, to: options.provider, keys: roster),
            from: options.from
        )
        try output.write(report) { report.text }
        guard report.isComplete else { throw CommandFailure(.notWell, "") }
    }
}

struct MigrationCheckReport: Encodable {
    struct Remaining: Encodable {
        let kind: String
        let name: String
        let id: String
        let providers: [String]
        let keys: [String]
    }

    struct Unclear: Encodable {
        let kind: String
        let name: String
        let id: String
        let state: String
    }

    struct MissingKey: Encodable {
        let identifier: String
        let state: String?
        let users: [String]
    }

    let isComplete: Bool
    let provider: String
    let from: String?
    let providerExists: Bool
    let isSystemDefault: Bool
    let otherDefaults: [String: [String]]
    let moved: Int
    let remaining: [Remaining]
    let unclear: [Unclear]
    let missingKeys: [MissingKey]?

    init(_ check: MigrationCheck, from: String?) {
        isComplete = check.isComplete
        provider = check.provider
        self.from = from
        providerExists = check.providerExists
        isSystemDefault = check.isSystemDefault
        otherDefaults = check.otherDefaults
        moved = check.moved
        remaining = check.remaining.map {
            Remaining(
                kind: $0.item.kind.noun,
                name: $0.item.name,
                id: $0.item.id,
                providers: Set($0.uses.map(\.provider)).sorted(),
                keys: Set($0.uses.map(\.key)).sorted()
            )
        }
        unclear = check.unclear.map { Unclear(kind: $0.kind.noun, name: $0.name, id: $0.id, state: $0.state) }
        missingKeys = check.missingKeys?.map {
            MissingKey(
                identifier: $0.identifier,
                state: $0.state,
                users: $0.users.map { "\($0.item.kind.noun) '\($0.item.name)'" }
            )
        }
    }

    var text: String {
        let old = from.map { "'\(printable($0))'" } ?? "another provider than '\(printable(provider))'"
        var parts = [
            isComplete
                ? "Nothing in this inventory depends on \(old) any more."
                : "NOT DONE. Items that use '\(printable(provider))' alone: \(moved)."
        ]
        parts += providerProblems
        if !remaining.isEmpty {
            var table = TextTable(
                "DEPENDS ON \(from == nil ? "ANOTHER" : "THE OLD ONE")",
                "NAME",
                "ID",
                "PROVIDER",
                "KEYS"
            )
            for item in remaining {
                table.add(
                    item.kind,
                    printable(item.name),
                    printable(item.id),
                    item.providers.map { $0.isEmpty ? "(not said)" : printable($0) }.joined(separator: ", "),
                    "\(item.keys.count)"
                )
            }
            parts.append(table.text(empty: ""))
        }
        if !unclear.isEmpty {
            let lines = unclear.map { "  \($0.kind) '\(printable($0.name))' (\(printable($0.id))): \($0.state)" }
            parts.append("vCenter could not say which keys these use:\n" + lines.joined(separator: "\n"))
        }
        if let missingKeys, !missingKeys.isEmpty {
            let lines = missingKeys.map { key in
                "  \(printable(key.identifier)): \(key.state.map(printable) ?? "not known"), used by "
                    + key.users.map(printable).joined(separator: ", ")
            }
            parts.append("Keys in use that the server does not have as active:\n" + lines.joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    private var providerProblems: [String] {
        let name = printable(provider)
        guard providerExists else { return ["vCenter has no key provider '\(name)'."] }
        var problems = isSystemDefault ? [] : ["'\(name)' is not vCenter's default key provider."]
        for (other, entities) in otherDefaults.sorted(by: { $0.key < $1.key }) {
            let list = entities.map(printable).joined(separator: ", ")
            problems.append("'\(printable(other))' is still the default of \(list).")
        }
        return problems
    }
}
