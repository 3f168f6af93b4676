package import ArgumentParser
internal import KMIP
internal import KMIPClient

/// `keyferry kmip query`: Query (KMIP 1.4, 4.25).
package struct QueryCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Ask what the server can do."
    )

    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    struct Answer: Encodable {
        let vendor: String?
        let operations: [String]
        let objectTypes: [String]
        let applicationNamespaces: [String]
    }

    package func perform() async throws(CommandFailure) {
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.query([
                .queryOperations, .queryObjects, .queryServerInformation, .queryApplicationNamespaces,
            ])
        }
        let answer = Answer(
            vendor: response.vendorIdentification,
            operations: response.operations.map(\.description),
            objectTypes: response.objectTypes.map(\.description),
            applicationNamespaces: response.applicationNamespaces
        )
        try output.write(answer) {
            """
            vendor       \(printable(answer.vendor ?? "-"))
            operations   \(answer.operations.joined(separator: ", "))
            objects      \(answer.objectTypes.joined(separator: ", "))
            namespaces   \(printable(answer.applicationNamespaces.joined(separator: ", ")))
            """
        }
    }
}
