internal import AdminResources
internal import FoundationEssentials

/// Keys for people.
enum KeyText {
    static func table(_ keys: [KeyResource]) -> String {
        var table = TextTable("KEY", "STATE", "OF", "NAME", "CREATED", "LAST RETRIEVED")
        for key in keys {
            table.add(
                printable(key.identifier),
                key.state == KeyResource.corrupted ? "CORRUPTED" : printable(key.state),
                key.attribute("x-Component").first.map { printable(KeyComponent.short($0)) } ?? "-",
                name(of: key) ?? "-",
                moment(key.content?.created),
                key.content == nil ? "-" : key.content?.lastRetrieved.map { moment($0) } ?? "never"
            )
        }
        return table.text(empty: "There are no such keys.")
    }

    /// What vCenter calls the owner; the key's own name for other clients.
    static func name(of key: KeyResource) -> String? {
        (key.attribute("x-Name").first ?? key.attribute("Name").first).map(printable)
    }

    static func description(_ key: KeyResource) -> String {
        var lines = [printable(key.displayName)]
        func add(_ title: String, _ value: String?) {
            guard let value else { return }
            lines.append("  \(title)\(String(repeating: " ", count: max(16 - title.count, 1)))\(value)")
        }
        add("identifier", printable(key.identifier))
        guard let content = key.content else {
            add("state", "CORRUPTED: its record fails its authentication")
            return lines.joined(separator: "\n")
        }
        add("state", printable(key.state))
        add("kind", "\(printable(content.objectType)), \(printable(content.algorithm)), \(content.length) bits")
        add("created", content.created.map { moment($0) })
        add("activated", content.activated.map { moment($0) })
        add("deactivated", content.deactivated.map { moment($0) })
        add("compromised", content.compromised.map { moment($0) })
        add("destroyed", content.destroyed.map { moment($0) })
        add(
            "revoked for",
            content.revocation.map { printable($0.reason) + ($0.message.map { ": " + printable($0) } ?? "") }
        )
        add("last retrieved", content.lastRetrieved.map { moment($0) } ?? "never")
        add("wrapped under", content.rootKey.map { "\(printable($0)), version \(content.rootKeyVersion ?? 0)" })
        add("revision", "\(content.revision)")
        for attribute in content.attributes { add(printable(attribute.name), printable(attribute.value)) }
        return lines.joined(separator: "\n")
    }

    static func moment(_ date: Date?) -> String {
        date?.formatted(.iso8601) ?? "-"
    }
}
