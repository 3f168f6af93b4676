package import ArgumentParser
internal import KMIP
internal import KMIPClient

/// `keyferry kmip attributes`: Get Attributes (KMIP 1.4, 4.12).
package struct AttributesCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "attributes",
        abstract: "Show the attributes of an object."
    )

    @Argument(help: "The object's unique identifier.")
    package var identifier: String

    @Argument(help: "Names of attributes, such as 'State'; all without any.")
    package var names: [String] = []

    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.getAttributes(of: identifier, names.map { AttributeName($0) })
        }
        let attributes = response.attributes.map { AttributeText($0) }
        try output.write(attributes) { Self.table(attributes) }
    }

    static func table(_ attributes: [AttributeText]) -> String {
        var table = TextTable("ATTRIBUTE", "INDEX", "VALUE")
        for attribute in attributes {
            table.add(printable(attribute.name), "\(attribute.index)", printable(attribute.value))
        }
        return table.text(empty: "The object has none of these attributes.")
    }
}
