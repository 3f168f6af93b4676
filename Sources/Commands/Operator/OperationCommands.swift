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
        let ended = try await Self.ended(operation, client: client)
        try output.write(ended) { Self.text(ended) }
        guard ended.state == .done else { throw CommandFailure(.notWell, "") }
    }

    /// Asks until it has come to its end, and shows how far it is.
    static func ended(
        _ operation: OperationResource,
        client: AdminRESTClient
    ) async throws(CommandFailure) -> OperationResource {
        var operation = operation
        var progress = ProgressReport(operation.verb, unit: "keys", done: operation.done, of: operation.total)
        defer { progress.end() }
        var lastHeard = ContinuousClock.now
        while operation.state == .running {
            try? await Task.sleep(for: interval)
            do throws(AdminClientError) {
                operation = try await client.operation(operation.identifier)
                lastHeard = .now
                progress.update(done: operation.done, of: operation.total)
            } catch {
                let failure = CommandFailure(error)
                guard failure.exitCode == .unavailable, lastHeard.duration(to: .now) < patience, !Task.isCancelled
                else {
                    throw failure
                }
            }
        }
        return operation
    }

    static func text(_ operation: OperationResource) -> String {
        let version = operation.targetVersion.map { " to version \($0)" } ?? ""
        var lines = [
            "\(operation.title) '\(printable(operation.subjectName))'\(version): \(outcome(operation))",
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
        switch operation.kind {
        case "root-key-deletion": return deletionOutcome(operation)
        case "key-revocation": return revocationOutcome(operation)
        default: break
        }
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

    private static func revocationOutcome(_ operation: OperationResource) -> String {
        let count = "\(operation.done) of \(operation.total) keys are revoked"
        return switch operation.state {
        case .running: "running, \(count)."
        case .done: "done, \(count)."
        case .failed, .stopped:
            "\(count); \(operation.failed) are let alone, for they were not active, were used in the meantime, or their"
                + " records are damaged."
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
    fileprivate var verb: String {
        switch kind {
        case "root-key-deletion": "Destroying"
        case "key-revocation": "Revoking"
        default: "Rewrapping"
        }
    }

    fileprivate var title: String {
        switch kind {
        case "root-key-deletion": "Deletion of root key"
        case "key-revocation": "Revocation of keys of"
        default: "Rotation of root key"
        }
    }
}
