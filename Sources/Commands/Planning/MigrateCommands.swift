package import ArgumentParser
internal import SiteInventory

/// `keyferry migrate …`
package struct MigrateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Move a vCenter from another key provider to this server.",
        subcommands: [MigratePlan.self, MigrateVerify.self]
    )

    package init() {}
}

/// The key providers that a migration is between.
package struct MigrationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The key provider to move to, as vCenter calls it.", valueName: "name"))
    package var provider: String
    @Option(help: ArgumentHelp("The one to move from. (default: every other)", valueName: "name"))
    package var from: String?

    package init() {}

    package func validate() throws {
        let names = [provider] + (from.map { [$0] } ?? [])
        guard names.allSatisfy({ !$0.isEmpty && printable($0) == $0 }) else {
            throw ValidationError("The name of a key provider has printable characters, and at least one.")
        }
        guard provider != from else { throw ValidationError("--provider and --from are the same.") }
    }
}

/// `keyferry migrate plan`
package struct MigratePlan: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Print the steps, with the PowerCLI commands of each.",
        discussion: "With an inventory, the steps name what they are about. No server is asked."
    )

    @OptionGroup package var options: MigrationOptions
    @Option(help: ArgumentHelp("An inventory exported from vCenter.", valueName: "file"))
    package var inventory: String?
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        var content: Inventory?
        if let inventory { content = try InventoryFile.read(inventory) }
        let guide = MigrationGuide(from: options.from, to: options.provider, inventory: content)
        let report = MigrationGuideReport(guide)
        try output.write(report) { report.text }
    }
}

struct MigrationGuideReport: Encodable {
    struct Step: Encodable {
        let title: String
        let warnings: [String]
        let notes: [String]
        let commands: [String]
    }

    let from: String?
    let provider: String
    let caveat: String
    let steps: [Step]

    init(_ guide: MigrationGuide) {
        from = guide.old
        provider = guide.new
        caveat = MigrationGuide.caveat
        steps = guide.steps.map {
            Step(title: $0.title, warnings: $0.warnings, notes: $0.notes, commands: $0.commands)
        }
    }

    var text: String {
        let parts = steps.enumerated().map { index, step in
            let warnings = step.warnings.map { WrappedText.item("WARNING: " + printable($0)) }
            let notes = step.notes.map { WrappedText.item(printable($0)) }
            let commands = step.commands.map { "      " + printable($0) }
            let body = warnings + notes + (commands.isEmpty ? [] : [""] + commands)
            return (["\(index + 1). \(step.title)"] + body).joined(separator: "\n")
        }
        return ([WrappedText.lines(caveat)] + parts).joined(separator: "\n\n")
    }
}
