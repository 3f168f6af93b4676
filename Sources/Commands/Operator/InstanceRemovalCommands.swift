internal import AdminClient
internal import AdminResources
package import ArgumentParser

/// The order in which an instance is removed without loss, to be checked off.
enum RemovalSteps {
    static func text(_ instance: String) -> String {
        """
        To remove \(instance) without losing anything, in this order:
          [ ] 1. Decrypt its virtual machines, or rekey them to another key provider ('keyferry migrate plan').
          [ ] 2. Switch host encryption off, or rekey the hosts; the same for vSAN clusters.
          [ ] 3. Remove the key provider from vCenter. 'keyferry instance show \(instance)': is the last use long ago?
          [ ] 4. End its service and wait: keyferry instance deactivate \(instance). It can be activated again.
          [ ] 5. Destroy its keys, which can't be undone, and remove it: keyferry instance delete \(instance)
          [ ] 6. Delete the root key, if no other instance uses it.
        """
    }
}

/// `keyferry instance removal-steps NAME`
package struct ShowRemovalSteps: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "removal-steps",
        abstract: "Print the order of steps in which an instance is removed without losing anything."
    )

    @OptionGroup package var instance: InstanceArgument

    package init() {}

    package func perform() async throws(CommandFailure) {
        Console.current.output(RemovalSteps.text(printable(instance.instance)))
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
            throw CommandFailure(
                .refused,
                "\(printable(name)) has \(keys) \(keys == 1 ? "key" : "keys") not destroyed; nothing was done",
                advice: RemovalSteps.text(printable(name))
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
        try output.write(removed) {
            removed.isGone
                ? "\(name) is removed."
                : "\(name) serves nothing any more; \(removed.remainingKeys) keys are being destroyed."
                    + " 'keyferry instance list' shows it until the last one is."
        }
    }
}
