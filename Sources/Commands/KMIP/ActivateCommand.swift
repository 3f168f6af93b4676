package import ArgumentParser
internal import KMIP
internal import KMIPClient

/// `keyferry kmip activate`: Activate (KMIP 1.4, 4.19).
package struct ActivateCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Make a key active."
    )

    @Argument(help: "The object's unique identifier.")
    package var identifier: String

    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.activate(identifier)
        }
        try output.write(objectIdentifier: response.uniqueIdentifier)
    }
}
