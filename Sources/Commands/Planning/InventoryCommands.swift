package import ArgumentParser
internal import Foundation
internal import SiteInventory

/// `keyferry inventory …`
package struct InventoryCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "inventory",
        abstract: "What a vCenter uses which keys for: how to export it, and what an export says.",
        subcommands: [InventoryExportScript.self, CheckInventory.self]
    )

    package init() {}
}

/// `keyferry inventory export-script`
package struct InventoryExportScript: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "export-script",
        abstract: "Print the PowerCLI script that exports an inventory.",
        discussion: """
            keyferry inventory export-script >export-inventory.ps1, and in PowerCLI, connected to one vCenter Server: \
            ./export-inventory.ps1 -Path inventory.csv. It changes nothing.
            """
    )

    package init() {}

    package func perform() async throws(CommandFailure) {
        Console.current.output(Inventory.exportScript)
    }
}

/// `keyferry inventory check`
package struct CheckInventory: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read an exported inventory, and say what it has.",
        discussion: "No server is asked."
    )

    @Argument(help: "The file that the export script wrote, CSV or JSON.")
    package var file: String
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let summary = InventorySummary(try InventoryFile.read(file))
        try output.write(summary) { summary.text }
    }
}

/// An inventory in figures.
struct InventorySummary: Encodable {
    struct Provider: Encodable {
        let name: String
        let type: String
        let isSystemDefault: Bool
        let keys: Int
        let users: Int
    }

    struct Unclear: Encodable {
        let kind: String
        let name: String
        let id: String
        let state: String
    }

    let vCenter: String
    let version: String
    let build: String
    let exportedAt: String
    let clusters: Int
    let hosts: Int
    let virtualMachines: Int
    let disks: Int
    let providers: [Provider]
    let unclear: [Unclear]

    init(_ inventory: Inventory) {
        vCenter = inventory.vCenter.name
        version = inventory.vCenter.version
        build = inventory.vCenter.build
        exportedAt = inventory.exportedAt.formatted(.iso8601)
        clusters = inventory.items(.cluster).count
        hosts = inventory.items(.host).count
        virtualMachines = inventory.items(.virtualMachine).count
        disks = inventory.items(.disk).count
        let known = Dictionary(inventory.providers.map { ($0.name, $0) }) { first, _ in first }
        // Items may use a provider that vCenter has no more.
        let names = Set(known.keys).union(inventory.items.flatMap { $0.uses.map(\.provider) })
        providers = names.sorted().map { name in
            let users = inventory.items.filter { $0.uses.contains { $0.provider == name } }
            let keys = Set(users.flatMap(\.uses).filter { $0.provider == name && !$0.key.isEmpty }.map(\.key))
            return Provider(
                name: name,
                type: known[name].map { "\($0.kind)" } ?? "removed",
                isSystemDefault: known[name]?.isSystemDefault ?? false,
                keys: keys.count,
                users: users.count
            )
        }
        unclear = inventory.uncertainItems.map {
            Unclear(kind: $0.kind.noun, name: $0.name, id: $0.id, state: $0.state)
        }
    }

    var text: String {
        var parts = [
            """
            \(printable(vCenter)), version \(printable(version)), build \(printable(build)), exported \(exportedAt)
            clusters: \(clusters), hosts: \(hosts), VMs: \(virtualMachines), First Class Disks: \(disks)
            """
        ]
        var table = TextTable("KEY PROVIDER", "TYPE", "DEFAULT", "KEYS", "USED BY")
        for provider in providers {
            table.add(
                provider.name.isEmpty ? "(not said)" : printable(provider.name),
                provider.type,
                provider.isSystemDefault ? "yes" : "",
                "\(provider.keys)",
                "\(provider.users)"
            )
        }
        parts.append(table.text(empty: "There are no key providers."))
        if !unclear.isEmpty {
            let lines = unclear.map { "  \($0.kind) '\(printable($0.name))' (\(printable($0.id))): \($0.state)" }
            parts.append("vCenter could not say which keys these use:\n" + lines.joined(separator: "\n"))
        }
        return parts.joined(separator: "\n\n")
    }
}
