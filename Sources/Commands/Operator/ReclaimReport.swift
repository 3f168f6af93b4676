internal import AdminClient
internal import AdminResources
internal import FoundationEssentials
internal import SiteInventory

/// What a comparison of keys with inventories came to, and what was done about it.
struct ReclaimReport: Encodable {
    struct Key: Encodable {
        let instance: String
        let identifier: String
        let state: String
        let name: String?
        let created: Date?
        let lastRetrieved: Date?
        /// What uses it.
        var users: [String]?
        /// Why it is taken for unused.
        var evidence: String?
    }

    struct UnknownKey: Encodable {
        let identifier: String
        let users: [String]
    }

    struct Failure: Encodable {
        let identifier: String
        let message: String
    }

    let used: [Key]
    let usedAndNotServed: [Key]
    let unused: [Key]
    let recent: [Key]
    let undecided: [Key]
    let unknown: [UnknownKey]
    let corrupted: [String]
    /// Why no key at all is called unused.
    let obstacles: [String]
    private(set) var revoked: [String]?
    /// Used or changed since they were compared.
    private(set) var leftAlone: [String]?
    private(set) var failed: [Failure]?

    init(_ comparison: ReclaimComparison, keys: [ServersKey]) {
        let byIdentifier = Dictionary(keys.map { ($0.key.identifier, $0) }) { first, _ in first }
        func key(_ known: KnownKey, users: [KeyUser]? = nil, evidence: String? = nil) -> Key {
            let content = byIdentifier[known.identifier]?.key.content
            return Key(
                instance: byIdentifier[known.identifier]?.instance ?? "",
                identifier: known.identifier,
                state: known.state,
                name: known.attributes["x-Name"],
                created: content?.created,
                lastRetrieved: content?.lastRetrieved,
                users: users.map(Self.names),
                evidence: evidence
            )
        }
        let isCorrupted = { (known: KnownKey) in known.state == KeyResource.corrupted }
        used = comparison.used.map { key($0.key, users: $0.users) }
        usedAndNotServed = comparison.usedAndNotServed.map { key($0.key, users: $0.users) }
        unused = comparison.unused.map { key($0.key, evidence: Self.evidence($0)) }
        recent = comparison.recent.filter { !isCorrupted($0) }.map { key($0) }
        undecided = comparison.undecided.map { key($0) }
        unknown = comparison.unknown.map { UnknownKey(identifier: $0.identifier, users: Self.names($0.users)) }
        corrupted = keys.map(\.key).filter { $0.state == KeyResource.corrupted }.map(\.identifier)
        obstacles = comparison.obstacles.map(Self.text)
    }

    /// Those that are unused and in service.
    var toRevoke: [Key] { unused.filter { $0.state == "active" } }

    /// Has keys revoked in the background; those that were retrieved or changed since they were compared are let alone.
    ///
    /// - Parameter moment: none of them was retrieved at that moment or later.
    /// - Returns: why not all that should be are revoked; nil if they are.
    mutating func revoke(
        _ keys: [Key],
        notRetrievedSince moment: Date,
        by client: AdminRESTClient
    ) async -> CommandFailure? {
        (revoked, leftAlone, failed) = ([], [], [])
        for (instance, all) in Dictionary(grouping: keys, by: \.instance).sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: all.count, by: RevocationOrderResource.mostKeys) {
                let part = Array(all[start...].prefix(RevocationOrderResource.mostKeys))
                do throws(CommandFailure) {
                    try await revoke(part, of: instance, notRetrievedSince: moment, by: client)
                } catch {
                    // What was ordered goes on without us; the report says of the others that nothing is known.
                    failed? += part.map { Failure(identifier: $0.identifier, message: error.message) }
                    return error
                }
            }
        }
        guard let failed, !failed.isEmpty else { return nil }
        return CommandFailure(.refused, "\(failed.count) of \(keys.count) keys could not be revoked")
    }

    /// Some of one instance, by one operation.
    private mutating func revoke(
        _ keys: [Key],
        of instance: String,
        notRetrievedSince moment: Date,
        by client: AdminRESTClient
    ) async throws(CommandFailure) {
        let order = RevocationOrderResource(
            keys: keys.map(\.identifier),
            because: Self.revocation,
            notRetrievedSince: moment
        )
        let operation = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.revokeKeys(order, of: instance)
        }
        let ended = try await OperationWait.ended(operation, client: client)
        guard ended.failed > 0 else {
            revoked? += keys.map(\.identifier)
            return
        }
        for key in keys {
            let present = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
                try await client.key(key.identifier, of: instance)
            }
            switch present.state {
            case "deactivated": revoked?.append(key.identifier)
            case key.state where present.content?.lastRetrieved == key.lastRetrieved:
                failed?.append(Failure(identifier: key.identifier, message: "it is active still"))
            case KeyResource.corrupted:
                failed?.append(Failure(identifier: key.identifier, message: "its record is damaged"))
            default: leftAlone?.append(key.identifier)
            }
        }
    }

    private static let revocation = KeyRevocation(
        reason: .cessationOfOperation,
        message: "reclaimed: in no inventory"
    )

    private static func names(_ users: [KeyUser]) -> [String] {
        Set(users.map { "\($0.item.kind.noun) '\($0.item.name)'" }).sorted()
    }

    private static func evidence(_ unused: ReclaimComparison.UnusedKey) -> String {
        if let owner = unused.owner { return "\(owner.kind.noun) '\(owner.name)' uses other keys, or none" }
        return unused.key.owner == nil ? "no inventory has it, and it says of no owner" : "its owner is in no inventory"
    }

    private static func text(_ obstacle: ReclaimComparison.Obstacle) -> String {
        switch obstacle {
        case .noInventory: return "There is no inventory to compare with."
        case .unclearItems(let items):
            let names = items.map { "\($0.kind.noun) '\($0.name)' (\($0.id))" }.joined(separator: ", ")
            return "vCenter could not say which keys these use: \(names). --vouch-for says of one that it uses none."
        case .providerMissing(let vCenter): return "vCenter '\(vCenter)' has none of the key providers."
        case .nothingInCommon(let vCenter):
            return "vCenter '\(vCenter)' uses none of the keys: is it another server's? --accept-foreign believes it."
        }
    }
}

/// For people.
extension ReclaimReport {
    var text: String {
        var parts = ["Keys in use: \(used.count). Unused: \(unused.count), of which \(toRevoke.count) are active."]
        parts += obstacles.map { WrappedText.lines("NO KEY IS CALLED UNUSED. " + printable($0)) }
        parts += section("Unused:", unused, "EVIDENCE") { $0.evidence ?? "" }
        parts += section(
            "In use, and NOT SERVED: whoever restarts without it fails:",
            usedAndNotServed,
            "USED BY",
            Self.users
        )
        parts += section("Not in use, and too young or retrieved too recently to be called unused:", recent)
        parts += section("Not in use, and undecided, for what is said above:", undecided)
        if !unknown.isEmpty {
            let lines = unknown.map { "  \(printable($0.identifier)), used by \(Self.joined($0.users))" }
            parts.append(
                "In use from this server's key providers, and not known here:\n" + lines.joined(separator: "\n")
            )
        }
        if !corrupted.isEmpty {
            let lines = corrupted.map { "  " + printable($0) }
            parts.append("CORRUPTED, and let alone:\n" + lines.joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }

    var revocationText: String {
        guard let revoked, let leftAlone, let failed else { return "There is nothing to revoke." }
        var lines = ["Revoked \(revoked.count) keys. 'keyferry key restore' takes one back."]
        lines += leftAlone.map { "  \(printable($0)) was retrieved or changed in the meantime, and is let alone" }
        lines += failed.map { "  \(printable($0.identifier)): \($0.message)" }
        return lines.joined(separator: "\n")
    }

    private func section(
        _ title: String,
        _ keys: [Key],
        _ column: String = "",
        _ last: (Key) -> String = { _ in "" }
    ) -> [String] {
        guard !keys.isEmpty else { return [] }
        var table = TextTable("INSTANCE", "KEY", "STATE", "NAME", "CREATED", "LAST RETRIEVED", column)
        for key in keys {
            table.add(
                printable(key.instance),
                printable(key.identifier),
                printable(key.state),
                key.name.map(printable) ?? "-",
                KeyText.moment(key.created),
                key.lastRetrieved.map { KeyText.moment($0) } ?? "never",
                printable(last(key))
            )
        }
        return [title + "\n" + table.text(empty: "")]
    }

    private static func users(_ key: Key) -> String {
        joined(key.users ?? [])
    }

    private static func joined(_ users: [String]) -> String {
        users.map(printable).joined(separator: ", ")
    }
}
