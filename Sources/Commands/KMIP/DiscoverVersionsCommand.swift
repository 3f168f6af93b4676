package import ArgumentParser
internal import KMIP
internal import KMIPClient

/// `keyferry kmip discover`: Discover Versions (KMIP 1.4, 4.26).
package struct DiscoverVersionsCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "discover",
        abstract: "Ask which protocol versions the server speaks."
    )

    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let versions = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.discoverVersions()
        }
        let texts = versions.map(\.description)
        try output.write(texts) { texts.joined(separator: "\n") }
    }
}
