internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import Cryptography

/// `keyferry certificate replace NAME FILE --instance I`
package struct ReplaceCertificate: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Put another certificate in the place of one, with both valid for a time.",
        discussion: """
            The new certificate gets the name and works within a second. The old one stays valid for the overlap, under \
            the name with '.previous' behind it, and then ends by itself; its holder's connections are closed then. \
            'certificate remove NAME.previous' ends it at once.
            """
    )

    @Argument(help: "The certificate's name.")
    package var name: String

    @Argument(help: "A file with the new certificate in PEM, and nothing else.", completion: .file())
    package var file: String

    @Option(help: ArgumentHelp("For so many days the old one stays valid: 0 to 90.", valueName: "days"))
    package var overlap: Int64 = 7

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard (0...90).contains(overlap) else { throw ValidationError("An overlap is 0 to 90 days.") }
    }

    package func perform() async throws(CommandFailure) {
        let certificate = try InputFile.certificate(file)
        let client = try await connection.connect()
        let instance = instance.instance
        let replacement = CertificateReplacement(pem: certificate.pem, overlapSeconds: overlap * 86_400)
        let replaced = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.replaceCertificate(name, of: instance, with: replacement)
        }
        try output.write(replaced) { Self.text(replaced, instance: instance) }
    }

    static func text(_ replaced: ReplacedCertificate, instance: String) -> String {
        let certificate = replaced.certificate
        let old =
            replaced.previous.map { previous in
                "The old one is '\(printable(previous.name))' now, and ends \(minute(previous.end))."
            } ?? "The old one is removed."
        return """
            '\(printable(certificate.name))' of \(printable(instance)) is now:
            \(certificate.lines)
            \(old)
            """
    }
}
