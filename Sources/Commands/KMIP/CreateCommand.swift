package import ArgumentParser
internal import KMIP
internal import KMIPClient

/// `keyferry kmip create`: Create (KMIP 1.4, 4.1).
package struct CreateCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Have the server make a symmetric key."
    )

    @Option(help: "The key's algorithm.")
    package var algorithm = KeyKind.aes

    @Option(help: "The key's length in bits.")
    package var length: Int32 = 256

    @OptionGroup package var attributes: AttributeOptions
    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.create(
                algorithm.algorithm,
                length: length,
                usage: [.encrypt, .decrypt],
                attributes: attributes.attributes
            )
        }
        try output.write(objectIdentifier: response.uniqueIdentifier)
    }
}
