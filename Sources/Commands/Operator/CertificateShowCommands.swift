internal import AdminClient
internal import AdminResources
package import ArgumentParser

/// `keyferry certificate show NAME --instance I`
package struct ShowCertificate: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a client certificate, and when it was last used."
    )

    @Argument(help: "The certificate's name.")
    package var name: String

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let instance = instance.instance
        let certificate = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.certificate(name, of: instance)
        }
        try output.write(certificate) { Self.text(certificate, instance: instance) }
    }

    static func text(_ certificate: CertificateResource, instance: String) -> String {
        """
        '\(printable(certificate.name))' of \(printable(instance)):
        \(certificate.lines)
          added        \(minute(certificate.added))
          last seen    \(certificate.lastSeen.map(minute) ?? "not yet")
        """
    }
}

/// `keyferry certificate download NAME --instance I [--out FILE]`
package struct DownloadCertificate: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Print a client certificate in PEM, or write it to a file."
    )

    @Argument(help: "The certificate's name.")
    package var name: String

    @Option(
        help: ArgumentHelp("A new file to write it to, instead of standard output.", valueName: "file"),
        completion: .file()
    )
    package var out: String?

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let instance = instance.instance
        let pem = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.certificatePEM(name, of: instance)
        }
        guard let out else {
            Console.current.output(pem.hasSuffix("\n") ? String(pem.dropLast()) : pem)
            return
        }
        try NewFile.write(pem, to: out)
        Console.current.output("Wrote \(out).")
    }
}
