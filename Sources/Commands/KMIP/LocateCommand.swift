package import ArgumentParser
internal import KMIP
internal import KMIPClient

/// `keyferry kmip locate`: Locate (KMIP 1.4, 4.9).
package struct LocateCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "locate",
        abstract: "Find objects by name and attributes.",
        discussion: "Without options, all objects of the client are found. Prints one identifier a line."
    )

    @Option(help: "Print so many at most.")
    package var maximum: Int32?

    @OptionGroup package var attributes: AttributeOptions
    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard maximum.map({ $0 > 0 }) ?? true else { throw ValidationError("--maximum is at least 1.") }
    }

    package func perform() async throws(CommandFailure) {
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.locate(attributes.attributes, maximumItems: maximum)
        }
        let identifiers = response.uniqueIdentifiers
        if identifiers.isEmpty, output.output == .table {
            Console.current.error("Nothing was found.")
            return
        }
        try output.write(identifiers) { identifiers.map(printable).joined(separator: "\n") }
    }
}
