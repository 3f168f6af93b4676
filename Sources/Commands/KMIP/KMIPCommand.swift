package import ArgumentParser

/// `keyferry kmip …`: a plain KMIP client of any server.
package struct KMIPCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "kmip",
        abstract: "Talk KMIP to any server.",
        discussion: """
            The client certificate must be registered with the server. Name the server's certificate with \
            --server-fingerprint (SHA-256), or its authority with --ca.
            """,
        subcommands: [
            DiscoverVersionsCommand.self, QueryCommand.self, CreateCommand.self, RegisterCommand.self,
            LocateCommand.self, GetCommand.self, AttributesCommand.self, ActivateCommand.self, RevokeCommand.self,
            DestroyCommand.self,
        ]
    )

    package init() {}
}

/// What the commands print of an object that they made or changed.
struct ObjectReference: Encodable, Hashable {
    let uniqueIdentifier: String
}

extension OutputOptions {
    func write(objectIdentifier: String) throws(CommandFailure) {
        try write(ObjectReference(uniqueIdentifier: objectIdentifier)) { printable(objectIdentifier) }
    }
}
