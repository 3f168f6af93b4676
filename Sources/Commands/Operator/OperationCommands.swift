internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import FoundationEssentials

/// `keyferry operation …`
package struct OperationCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "operation",
        abstract: "Long work that the workers do in the background, such as rotations.",
        subcommands: [ListOperations.self, ShowOperation.self, WaitForOperation.self]
    )

    package init() {}
}

package struct OperationArgument: ParsableArguments {
    @Argument(help: "The operation's identifier.")
    package var operation: String

    package init() {}
}

/// `keyferry operation list`
package struct ListOperations: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the latest operations, newest first."
    )

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let operations = try await requesting { () async throws(AdminClientError) in try await client.operations() }
        try output.write(operations) { Self.table(operations) }
    }

    static func table(_ operations: [OperationResource]) -> String {
        var table = TextTable("OPERATION", "KIND", "OF", "STATE", "DONE", "STARTED", "FINISHED")
        for operation in operations {
            table.add(
                printable(operation.identifier),
                printable(operation.kind),
                printable(operation.subjectName),
                operation.state.rawValue,
                "\(operation.done) of \(operation.total)",
                moment(operation.started),
                operation.finished.map { moment($0) } ?? ""
            )
        }
        return table.text(empty: "There were no operations.")
    }
}

/// `keyferry operation show OPERATION`
package struct ShowOperation: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show how far an operation has come, and what came of it."
    )

    @OptionGroup package var operation: OperationArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let identifier = operation.operation
        let found = try await requesting { () async throws(AdminClientError) in
            try await client.operation(identifier)
        }
        try output.write(found) { OperationWait.text(found) }
    }
}

/// `keyferry operation wait OPERATION`
package struct WaitForOperation: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "wait",
        abstract: "Wait until an operation has come to its end, and print what came of it.",
        discussion: "Ends with 0 if all was done, with 3 if something was not."
    )

    @OptionGroup package var operation: OperationArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let identifier = operation.operation
        let found = try await requesting { () async throws(AdminClientError) in
            try await client.operation(identifier)
        }
        try await OperationWait(client: client, output: output).end(of: found)
    }
}

/// Waits for the end of an operation, and shows how far it has come.
struct OperationWait {
    private static let interval = Duration.milliseconds(500)
    /// So long may no admin front or no worker be there, as when they are started again.
    private static let patience = Duration.seconds(60)

    let client: AdminRESTClient
    let output: OutputOptions

    /// - Throws: `.notWell` where it did not do all that it should have done; its report is printed all the same.
    func end(of operation: OperationResource) async throws(CommandFailure) {
        var operation = operation
        let verb = operation.isDeletion ? "Destroying" : "Rewrapping"
        var progress = ProgressReport(verb, unit: "keys", done: operation.done, of: operation.total)
        var lastHeard = ContinuousClock.now
        while operation.state == .running {
            try? await Task.sleep(for: Self.interval)
            do throws(AdminClientError) {
                operation = try await client.operation(operation.identifier)
                lastHeard = .now
                progress.update(done: operation.done, of: operation.total)
            } catch {
                let failure = CommandFailure(error)
                guard failure.exitCode == .unavailable, lastHeard.duration(to: .now) < Self.patience, !Task.isCancelled
                else {
                    progress.end()
                    throw failure
                }
            }
        }
        progress.end()
        try output.write(operation) { [operation] in Self.text(operation) }
        guard operation.state == .done else { throw CommandFailure(.notWell, "") }
    }

    static func text(_ operation: OperationResource) -> String {
        let version = operation.targetVersion.map { " to version \($0)" } ?? ""
        var lines = [
            "\(operation.isDeletion ? "Deletion" : "Rotation") of root key '\(printable(operation.subjectName))'\(version): \(outcome(operation))",
            "  operation  \(printable(operation.identifier))",
            "  started    \(moment(operation.started))",
        ]
        if let finished = operation.finished {
            let seconds = Int(finished.timeIntervalSince(operation.started))
            lines.append("  finished   \(moment(finished)), after \(ProgressLine.text(.seconds(seconds)))")
        }
        if let report = operation.report {
            var table = TextTable("VERSION", "KEYS")
            for entry in report { table.add("\(entry.version)", "\(entry.keyCount)") }
            lines += ["", table.text(empty: "No key is under any version.")]
        }
        return lines.joined(separator: "\n")
    }

    private static func outcome(_ operation: OperationResource) -> String {
        guard !operation.isDeletion else { return deletionOutcome(operation) }
        let count = "\(operation.done) of \(operation.total) keys are moved"
        return switch operation.state {
        case .running: "running, \(count)."
        case .done: "done, \(count)."
        case .failed:
            "\(count); \(operation.failed) can't be, for their records or their material are damaged. The audit trail names"
                + " them."
        case .stopped: "given up, \(count): the root key is no longer what it was."
        }
    }

    private static func deletionOutcome(_ operation: OperationResource) -> String {
        let count = "\(operation.done + operation.failed) of \(operation.total) keys are destroyed"
        return switch operation.state {
        case .running: "\(count). 'keyferry root-key show' says what it waits for."
        case .done, .failed: "done, \(count). 'keyferry root-key deletion-report' has them."
        case .stopped: "given up: the root key was restored."
        }
    }
}

extension OperationResource {
    fileprivate var isDeletion: Bool { kind == "root-key-deletion" }
}
