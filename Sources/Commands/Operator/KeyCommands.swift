internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import FoundationEssentials

/// `keyferry key …`
package struct KeyCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "The keys of an instance: find, revoke, restore, destroy, and reclaim what nobody uses.",
        discussion: "Key material is shown and taken by none of these commands.",
        subcommands: [
            ListKeys.self, ShowKey.self, RevokeKey.self, RestoreKey.self, DestroyKey.self, ReclaimKeys.self,
        ]
    )

    package init() {}
}

/// What a list of keys is narrowed by.
package struct KeySearchOptions: ParsableArguments {
    @Option(help: "What the identifier begins with.")
    package var identifier: String?
    @Option(help: ArgumentHelp("The VM of this name, as vCenter has it.", valueName: "name"))
    package var vm: String?
    @Option(help: ArgumentHelp("The host of this name, as vCenter has it.", valueName: "name"))
    package var host: String?
    @Option(help: ArgumentHelp("The VM or host of this name (x-Name).", valueName: "name"))
    package var name: String?
    @Option(help: ArgumentHelp("The UUID of the VM or host (x-Identifier).", valueName: "uuid"))
    package var owner: String?
    @Option(help: ArgumentHelp("What vCenter calls the owner's kind (x-Component).", valueName: "text"))
    package var component: String?
    @Option(help: ArgumentHelp("The vCenter's version (x-Product_Version).", valueName: "text"))
    package var productVersion: String?
    @Option(
        help: ArgumentHelp("Only of this state; several times for several.", valueName: "state"),
        completion: .list(KeyStates.all)
    )
    package var state: [String] = []
    @Option(help: ArgumentHelp("Created then or later: a date, a moment, or so many days ago: 30d.", valueName: "when"))
    package var createdFrom: MomentArgument?
    @Option(help: ArgumentHelp("Created before.", valueName: "when"))
    package var createdBefore: MomentArgument?
    @Option(help: ArgumentHelp("Not retrieved then or later, or never.", valueName: "when"))
    package var notRetrievedSince: MomentArgument?
    @Flag(help: "Never retrieved.")
    package var neverRetrieved = false

    package init() {}

    package func validate() throws {
        guard [vm, host, name].compactMap({ $0 }).count <= 1, component == nil || (vm ?? host) == nil else {
            throw ValidationError("--vm and --host say name and component: give one of them.")
        }
        if let unknown = state.first(where: { !KeyStates.all.contains($0) }) {
            throw ValidationError("'\(unknown)' is no state: they are \(KeyStates.all.joined(separator: ", ")).")
        }
    }

    var query: KeyQuery {
        var query = KeyQuery()
        query.identifier = identifier
        query.name = vm ?? host ?? name
        query.component = vm != nil ? KeyComponent.virtualMachine : host != nil ? KeyComponent.host : component
        query.owner = owner
        query.productVersion = productVersion
        query.states = state
        query.createdFrom = createdFrom?.date
        query.createdBefore = createdBefore?.date
        query.notRetrievedSince = notRetrievedSince?.date
        query.neverRetrieved = neverRetrieved
        return query
    }
}

package enum KeyStates {
    package static let all = [
        "pre-active", "active", "deactivated", "compromised", "destroyed", "destroyed-compromised",
    ]
}

/// What vCenter writes into `x-Component`.
enum KeyComponent {
    static let virtualMachine = "Virtual Machine"
    static let host = "ESXi Server"

    static func short(_ text: String) -> String {
        switch text {
        case virtualMachine: "VM"
        case host: "host"
        default: text
        }
    }
}

/// `keyferry key list --instance I`
package struct ListKeys: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List or search keys, newest first.",
        discussion: """
            Names, UUIDs and versions are compared whole, as vCenter wrote them to the key. A record that was altered \
            outside of Keyferry is listed as corrupted.
            """
    )

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var search: KeySearchOptions
    @Option(help: ArgumentHelp("So many at most.", valueName: "n"))
    package var limit = 100
    @Flag(help: "All there are.")
    package var all = false
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is at least 1.") }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let (keys, isWhole) = try await client.keys(
            of: instance.instance,
            matching: search.query,
            upTo: all ? .max : limit
        )
        try output.write(keys) { KeyText.table(keys) }
        if !isWhole { Console.current.error("There are more: --limit or --all shows them.") }
    }
}

/// `keyferry key show ID --instance I`
package struct ShowKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a key, and what happened to it."
    )

    @Argument(help: "The key's identifier.")
    package var key: String

    @OptionGroup package var instance: InstanceOption
    @Option(help: ArgumentHelp("So many of the latest events, 0 to 500.", valueName: "n"))
    package var events = 20
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard (0...500).contains(events) else { throw ValidationError("--events is a number from 0 to 500.") }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let (instance, key, events) = (instance.instance, key, events)
        let found = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.key(key, of: instance)
        }
        var history: KeyHistoryPage?
        if events > 0 {
            history = try await requesting { () async throws(AdminClientError) in
                try await client.history(of: key, instance: instance, limit: events)
            }
        }
        let shown = ShownKey(key: found, history: history)
        try output.write(shown) { shown.text }
    }
}

/// A key with its history.
struct ShownKey: Encodable {
    let key: KeyResource
    let history: KeyHistoryPage?

    var text: String {
        guard let history else { return KeyText.description(key) }
        var table = TextTable("WHEN", "WHAT", "WHO", "FROM", "RESULT")
        for event in history.items {
            let result = event.failure.map { "refused: " + printable($0) } ?? "done"
            table.add(
                event.time.formatted(.iso8601),
                printable(event.action),
                printable(event.initiator),
                printable(event.address),
                result + (event.isRepeat ? ", repeated" : "")
            )
        }
        var parts = [KeyText.description(key), table.text(empty: "Nothing is on record about it.")]
        if history.nextCursor != nil { parts.append("There are earlier events: --events shows more.") }
        if history.corruptedCount > 0 {
            parts.append("RECORDS THAT WERE ALTERED, and are not shown: \(history.corruptedCount).")
        }
        return parts.joined(separator: "\n\n")
    }
}

extension AdminRESTClient {
    /// Keys of an instance, part by part.
    ///
    /// - Parameter onPart: is told how many there are so far.
    /// - Returns: the keys, and whether these are all.
    func keys(
        of instance: String,
        matching query: KeyQuery = KeyQuery(),
        upTo most: Int = .max,
        onPart: (Int) -> Void = { _ in }
    ) async throws(CommandFailure) -> (keys: [KeyResource], isWhole: Bool) {
        var keys: [KeyResource] = []
        var cursor: String?
        repeat {
            let (limit, behind) = (min(most - keys.count, 500), cursor)
            let page = try await requesting(about: instance, of: self) { () async throws(AdminClientError) in
                try await keyPage(of: instance, matching: query, limit: limit, cursor: behind)
            }
            keys += page.items
            cursor = page.nextCursor
            onPart(keys.count)
        } while cursor != nil && keys.count < most
        return (keys, cursor == nil)
    }
}
