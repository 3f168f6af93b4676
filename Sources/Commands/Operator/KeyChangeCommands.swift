internal import AdminClient
internal import AdminResources
package import ArgumentParser

/// `keyferry key revoke ID --instance I`
package struct RevokeKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a key out of service.",
        discussion: """
            An active key becomes deactivated, and vCenter takes it for missing: what it protects stays as it is, but no VM \
            is powered on with it. 'keyferry key restore' takes it back. For a reason that means a compromise, a key in any \
            state becomes compromised, for good.
            """
    )

    @Argument(help: "The key's identifier.")
    package var key: String

    @OptionGroup package var instance: InstanceOption
    @Option(
        help: ArgumentHelp(
            "Why: \(KeyRevocationReason.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "reason"
        ),
        completion: .list(KeyRevocationReason.allCases.map(\.rawValue))
    )
    package var reason = KeyRevocationReason.cessationOfOperation.rawValue
    @Option(help: ArgumentHelp("Why, in words.", valueName: "text"))
    package var message: String?
    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard KeyRevocationReason(rawValue: reason) != nil else {
            let names = KeyRevocationReason.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(reason)' is no reason: they are \(names).")
        }
        guard message?.utf8.count ?? 0 <= 1_024 else { throw ValidationError("--message has at most 1024 bytes.") }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let (instance, key) = (instance.instance, key)
        let revocation = KeyRevocation(reason: reason, message: message)
        if KeyRevocationReason(rawValue: reason)?.meansCompromise == true {
            let name = try await client.nameToConfirm(key, of: instance)
            try confirmation.confirm(
                name,
                consequence: "Marks the key of '\(name)' in \(instance) as compromised: it can't be restored."
            )
        }
        let revoked = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.revokeKey(key, of: instance, because: revocation)
        }
        try output.write(revoked) { "Revoked.\n" + KeyText.description(revoked) }
    }
}

/// `keyferry key restore ID --instance I`
package struct RestoreKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Take a deactivated key back into service, under the same identifier.",
        discussion: "A compromised or destroyed key can't be restored. Who did it is on the record."
    )

    @Argument(help: "The key's identifier.")
    package var key: String

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let (instance, key) = (instance.instance, key)
        let restored = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.restoreKey(key, of: instance)
        }
        try output.write(restored) { "Restored.\n" + KeyText.description(restored) }
    }
}

/// `keyferry key destroy ID --instance I`
package struct DestroyKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Destroy a key for good.",
        discussion: """
            What is encrypted with it can never be read again. An active key must be revoked first; wait then until it is \
            certain that nobody misses it.
            """
    )

    @Argument(help: "The key's identifier.")
    package var key: String

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let (instance, key) = (instance.instance, key)
        let name = try await client.nameToConfirm(key, of: instance)
        try confirmation.confirm(
            name,
            consequence: """
                Destroys the key of '\(name)' in \(instance), \(printable(key)): what is encrypted with it can never be read \
                again. It can't be undone.
                """
        )
        let destroyed = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.destroyKey(key, of: instance)
        }
        try output.write(destroyed) { "Destroyed.\n" + KeyText.description(destroyed) }
    }
}

extension AdminRESTClient {
    /// What a person types to confirm that it is this key: the name of the VM or host, or its identifier where it has
    /// none.
    fileprivate func nameToConfirm(_ key: String, of instance: String) async throws(CommandFailure) -> String {
        let found = try await requesting(about: instance, of: self) { () async throws(AdminClientError) in
            try await self.key(key, of: instance)
        }
        return KeyText.name(of: found) ?? printable(found.identifier)
    }
}
