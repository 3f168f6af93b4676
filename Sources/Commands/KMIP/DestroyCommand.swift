package import ArgumentParser
internal import KMIP
internal import KMIPClient

/// `keyferry kmip destroy`: Destroy (KMIP 1.4, 4.21).
package struct DestroyCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "destroy",
        abstract: "Have the server destroy a key's material, for good.",
        discussion: "What was encrypted with the key can't be read again. You are asked to type the identifier."
    )

    @Argument(help: "The object's unique identifier.")
    package var identifier: String

    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        try confirmation.confirm(
            identifier,
            consequence: "Destroys the key; what was encrypted with it can't be read again. It can't be undone."
        )
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.destroy(identifier)
        }
        try output.write(objectIdentifier: response.uniqueIdentifier)
    }
}
