internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import FoundationEssentials
internal import SiteInventory

/// `keyferry key reclaim`
package struct ReclaimKeys: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "reclaim",
        abstract: "Find the keys that no VM, host or cluster uses any more, and revoke them if asked to.",
        discussion: """
            Compares the server's keys with inventories exported from ALL vCenters that have keys here ('keyferry inventory \
            export-script'). It changes nothing unless --revoke is given, and destroys nothing ever: what no inventory shows, \
            such as backups and VMs that are not registered, may need a key all the same, and then 'keyferry key restore' \
            takes it back.
            """
    )

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Inventories, one of each vCenter.", valueName: "file"),
        completion: .file()
    )
    package var inventory: [String]
    @Option(name: .shortAndLong, help: ArgumentHelp("The keys of this instance.", valueName: "instance"))
    package var instance: String?
    @Flag(help: "The keys of all instances.")
    package var all = false
    @OptionGroup package var policy: ReclaimOptions
    @Flag(help: "Revoke the active keys that are unused, after confirmation.")
    package var revoke = false
    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard (instance == nil) == all else { throw ValidationError("Give either --instance or --all.") }
        guard !inventory.isEmpty else { throw ValidationError("Give at least one inventory.") }
    }

    package func perform() async throws(CommandFailure) {
        var inventories: [Inventory] = []
        for file in inventory { inventories.append(try InventoryFile.read(file)) }
        let client = try await connection.connect()
        let keys = try await serversKeys(client)
        let policy = policy.policy(now: Date())
        var report = ReclaimReport(
            ReclaimComparison(keys: keys.map(\.known), inventories: inventories, policy: policy),
            keys: keys
        )
        guard revoke else { return try output.write(report) { report.text } }
        if output.output == .table { Console.current.output(report.text) }
        let unused = report.toRevoke
        var failure: CommandFailure?
        if !unused.isEmpty {
            try confirmation.confirm(
                "\(unused.count)",
                consequence: """
                    Revokes \(unused.count) keys that no inventory uses. vCenter will take them for missing. They can be \
                    restored one by one.
                    """
            )
            failure = await report.revoke(
                unused,
                notRetrievedSince: policy.now.addingTimeInterval(-policy.quietTime),
                by: client
            )
        }
        switch output.output {
        case .table: Console.current.output("\n" + report.revocationText)
        case .json: try output.write(report) { "" }
        }
        if let failure { throw failure }
    }

    /// Every key of the instances, with its instance.
    private func serversKeys(_ client: AdminRESTClient) async throws(CommandFailure) -> [ServersKey] {
        let instances = try await requesting { () async throws(AdminClientError) in try await client.instances() }
        let wanted = instance.map { [$0] } ?? instances.map(\.name)
        let total = instances.filter { wanted.contains($0.name) }.flatMap(\.keyCounts.values).reduce(0, +)
        // Few are there before anyone could read how far it is.
        var progress = total > 2_000 ? ProgressReport("Reading", unit: "keys", done: 0, of: total) : nil
        defer { progress?.end() }
        var keys: [ServersKey] = []
        for name in wanted {
            let before = keys.count
            let found = try await client.keys(of: name) { progress?.update(done: before + $0, of: total) }
            keys += found.keys.map { ServersKey(instance: name, key: $0) }
        }
        return keys
    }
}

/// What it takes to call a key unused.
package struct ReclaimOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Younger keys are let alone, in days.", valueName: "days"))
    package var minimumAge = 30
    @Option(help: ArgumentHelp("Keys that were retrieved within so many days are let alone.", valueName: "days"))
    package var quietTime = 90
    @Option(
        help: ArgumentHelp(
            "What the vCenters call this server's key provider; several times for several. (default: by the keys in use)",
            valueName: "name"
        )
    )
    package var provider: [String] = []
    @Option(
        help: ArgumentHelp(
            "The vm-…, host-… or domain-… that vCenter could not read, and that uses none of these keys.",
            valueName: "id"
        )
    )
    package var vouchFor: [String] = []
    @Flag(help: "Believe an inventory that uses none of the keys.")
    package var acceptForeign = false

    package init() {}

    package func validate() throws {
        guard (0...36_500).contains(minimumAge), (0...36_500).contains(quietTime) else {
            throw ValidationError("Days are from 0 to 36500.")
        }
    }

    func policy(now: Date) -> ReclaimPolicy {
        ReclaimPolicy(
            now: now,
            youngestAge: Double(minimumAge) * ReclaimPolicy.day,
            quietTime: Double(quietTime) * ReclaimPolicy.day,
            providers: Set(provider),
            vouchedFor: Set(vouchFor),
            acceptsForeignInventory: acceptForeign
        )
    }
}

/// A key of the server, and the instance that it belongs to.
struct ServersKey: Hashable {
    let instance: String
    let key: KeyResource

    var known: KnownKey {
        let isDestroyed = key.state == "destroyed" || key.state == "destroyed-compromised"
        let attributes = key.content?.attributes ?? []
        return KnownKey(
            identifier: key.identifier,
            state: KnownKey.State(key.state, isActive: key.state == "active", isDestroyed: isDestroyed),
            attributes: Dictionary(attributes.map { ($0.name, $0.value) }) { first, _ in first },
            // Nothing is known of a corrupted key: young enough never to be called unused.
            created: key.content?.created ?? .distantFuture,
            lastRetrieved: key.content?.lastRetrieved
        )
    }
}
