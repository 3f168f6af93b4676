internal import AdminClient
internal import AdminResources
package import ArgumentParser

/// The order in which an instance is removed without loss: what is checked off, and what the server sees by itself.
struct RemovalStepList {
    private let progress: RemovalStepsResource

    init(_ progress: RemovalStepsResource) {
        self.progress = progress
    }

    var text: String {
        let instance = printable(progress.instance)
        return
            (["To remove \(instance) without losing anything, in this order:"]
            + progress.steps.enumerated().flatMap { number, step in lines(number + 1, step) }
            + ["Check one off: keyferry instance removal-steps \(instance) --check STEP"])
            .joined(separator: "\n")
    }

    private func lines(_ number: Int, _ step: RemovalStepsResource.Step) -> [String] {
        let instance = printable(progress.instance)
        var lines = ["  [\(step.checked == nil ? " " : "x")] \(number). \(Self.order(step.step, instance))"]
        var notes = [printable(step.step)]
        if let seen = seen(step.step) { notes.append("seen: \(seen)") }
        if let check = step.checked {
            notes.append("checked by \(printable(check.by ?? check.byFingerprint)) at \(minute(check.at))")
        }
        lines.append("         \(notes.joined(separator: "; "))")
        return lines
    }

    private static func order(_ step: String, _ instance: String) -> String {
        switch step {
        case "virtual-machines":
            "Decrypt its virtual machines, or rekey them to another key provider ('keyferry migrate plan')."
        case "hosts": "Switch host encryption off, or rekey the hosts; the same for vSAN clusters."
        case "key-provider": "Remove the key provider from vCenter, and the client certificates here."
        case "service":
            "End its service and wait: keyferry instance deactivate \(instance). It can be activated again."
        case "keys": "Destroy its keys, which can't be undone, and remove it: keyferry instance delete \(instance)"
        case "root-key": "Delete the root key, if no other instance uses it."
        default: "A step that this version does not know."
        }
    }

    /// What the server knows of a step without being told.
    private func seen(_ step: String) -> String? {
        switch step {
        case "virtual-machines", "hosts": "last use \(progress.lastUse.map(minute) ?? "never")"
        case "key-provider": "\(progress.certificateCount) client certificates registered"
        case "service": "it is \(printable(progress.status))"
        case "keys": "\(progress.keysNotDestroyed) keys not destroyed"
        case "root-key":
            progress.rootKeyName.map { name in
                let others = progress.rootKeyNeededBy.map(printable).joined(separator: ", ")
                return others.isEmpty
                    ? "no other instance uses '\(printable(name))'" : "'\(printable(name))' is used by \(others)"
            }
        default: nil
        }
    }
}

/// `keyferry instance removal-steps NAME [--check STEP] [--uncheck STEP]`
package struct ShowRemovalSteps: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "removal-steps",
        abstract:
            "Show the order of steps in which an instance is removed without losing anything, and check them off.",
        discussion: """
            What vCenter must be rid of the server can't see: whoever did it checks it off, by name and time, for all operators \
            to see. What the server sees by itself stands beside each step. No step is required by 'instance delete'.
            """
    )

    private static let steps = ["virtual-machines", "hosts", "key-provider", "service", "keys", "root-key"]

    @Option(
        help: ArgumentHelp("Check a step off: \(Self.steps.joined(separator: ", ")).", valueName: "step"),
        completion: .list(Self.steps)
    )
    package var check: [String] = []

    @Option(
        help: ArgumentHelp("Take a check back.", valueName: "step"),
        completion: .list(Self.steps)
    )
    package var uncheck: [String] = []

    @OptionGroup package var instance: InstanceArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        for step in check + uncheck where !Self.steps.contains(step) {
            throw ValidationError("There is no step '\(step)'. They are \(Self.steps.joined(separator: ", ")).")
        }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = instance.instance
        let changes =
            check.map { RemovalStepCheck(step: $0, isChecked: true) }
            + uncheck.map { RemovalStepCheck(step: $0, isChecked: false) }
        for change in changes {
            _ = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
                try await client.checkRemovalStep(change, of: name)
            }
        }
        let progress = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.removalSteps(of: name)
        }
        try output.write(progress) { RemovalStepList(progress).text }
    }
}

/// `keyferry instance delete NAME [--force NAME]`
package struct DeleteInstance: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove an instance, for good.",
        discussion: """
            An instance with keys is left alone, unless --force repeats its name: then its service ends at once and its keys \
            are destroyed, after which nothing that they encrypt can be read. 'keyferry instance removal-steps' prints \
            what should come before.
            """
    )

    @OptionGroup package var instance: InstanceArgument

    @Option(help: ArgumentHelp("The instance's name once more: destroy the keys that it has.", valueName: "instance"))
    package var force: String?

    @Flag(help: "Wait until the last key is destroyed, and show how far it has come.")
    package var wait = false

    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard force == nil || force == instance.instance else {
            throw ValidationError("--force must repeat the instance's name, '\(instance.instance)'.")
        }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let (name, force) = (instance.instance, force)
        let details = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.instance(name)
        }
        let gone: Set = ["destroyed", "destroyed-compromised"]
        let keys = details.keyCounts.filter { !gone.contains($0.key) }.values.reduce(0, +)
        guard keys == 0 || force != nil else {
            let progress = try await requesting { () async throws(AdminClientError) in
                try await client.removalSteps(of: name)
            }
            throw CommandFailure(
                .refused,
                "\(printable(name)) has \(keys) \(keys == 1 ? "key" : "keys") not destroyed; nothing was done",
                advice: RemovalStepList(progress).text
                    + "\n  To destroy its keys with it: --force \(printable(name))"
            )
        }
        try confirmation.confirm(
            name,
            consequence: keys == 0
                ? "Removes \(printable(name)) with its client certificates and authorizations. It can't be undone."
                : "Removes \(printable(name)) and destroys its \(keys) keys. What is encrypted under them can't be read again."
        )
        let removed = try await requesting(about: name, of: client) { () async throws(AdminClientError) in
            try await client.removeInstance(name, repeatedName: force)
        }
        if wait, !removed.isGone {
            try await InstanceRemovalWait(client: client).end(of: removed)
            let gone = RemovedInstance(name: removed.name, identifier: removed.identifier, remainingKeys: 0)
            return try output.write(gone) { "\(name) is removed, and its \(removed.remainingKeys) keys are destroyed." }
        }
        try output.write(removed) {
            removed.isGone
                ? "\(name) is removed."
                : "\(name) serves nothing any more; \(removed.remainingKeys) keys are being destroyed."
                    + " 'keyferry instance list' shows it until the last one is."
        }
    }
}

/// Waits until an instance that is being removed is gone, and shows how many of its keys are destroyed.
struct InstanceRemovalWait {
    private static let interval = Duration.milliseconds(500)
    /// So long may no admin front or no worker be there, as when they are started again.
    private static let patience = Duration.seconds(60)

    let client: AdminRESTClient

    func end(of removed: RemovedInstance) async throws(CommandFailure) {
        let total = removed.remainingKeys
        var progress = ProgressReport("Destroying", unit: "keys", done: 0, of: total)
        var lastHeard = ContinuousClock.now
        while true {
            try? await Task.sleep(for: Self.interval)
            do throws(AdminClientError) {
                let steps = try await client.removalSteps(of: removed.name)
                lastHeard = .now
                progress.update(done: max(total - steps.keysNotDestroyed, 0), of: total)
            } catch {
                if case .problem(let problem) = error.code, problem.knownCode == .instanceNotFound {
                    progress.update(done: total, of: total)
                    return progress.end()
                }
                let failure = CommandFailure(error)
                guard failure.exitCode == .unavailable, lastHeard.duration(to: .now) < Self.patience, !Task.isCancelled
                else {
                    progress.end()
                    throw failure
                }
            }
        }
    }
}
