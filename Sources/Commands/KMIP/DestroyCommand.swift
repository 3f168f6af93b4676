package import ArgumentParser
internal import KMIP
internal import KMIPClient

/// `keyferry kmip destroy`: Destroy (KMIP 1.4, 4.21).
package struct DestroyCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Have the server destroy a key's material, for good.",
        discussion: "What was encrypted with the key can't be read again. --yes says that this is meant."
    )

    @Argument(help: "The object's unique identifier.")
    package var identifier: String

    @Flag(help: "Yes, destroy it.")
    package var yes = false

    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard yes else { throw ValidationError("Destruction can't be undone: confirm it with --yes.") }
    }

    package func perform() async throws(CommandFailure) {
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.destroy(identifier)
        }
        try output.write(objectIdentifier: response.uniqueIdentifier)
    }
}
