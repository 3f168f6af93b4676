internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import Cryptography
internal import FoundationEssentials

/// `keyferry certificate …`
package struct CertificateCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "The client certificates with which vCenter and hosts use an instance.",
        subcommands: [AddCertificate.self, ListCertificates.self, RemoveCertificate.self]
    )

    package init() {}
}

package struct InstanceOption: ParsableArguments {
    @Option(name: .shortAndLong, help: "The instance, such as kmip-ab.")
    package var instance: String

    package init() {}
}

/// `keyferry certificate add NAME FILE --instance I`
package struct AddCertificate: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Register a client certificate with an instance.",
        discussion: """
            From then on whoever holds the certificate's private key can use the instance's keys. It works within a \
            second. The certificate is known by its fingerprint; who issued it does not matter.
            """
    )

    @Argument(help: "A name for the certificate, unique in the instance.")
    package var name: String

    @Argument(help: "A file with the certificate in PEM, and nothing else.", completion: .file())
    package var file: String

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        // Read here first: a private key given by mistake must not leave this machine.
        let certificate = try InputFile.certificate(file)
        let client = try await connection.connect()
        let instance = instance.instance
        let new = NewCertificate(name: name, pem: certificate.pem)
        let added = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.addCertificate(new, to: instance)
        }
        try output.write(added) { Self.text(added, instance: instance) }
    }

    static func text(_ certificate: CertificateResource, instance: String) -> String {
        """
        Registered '\(certificate.name)' with \(instance):
          subject      \(printable(certificate.subject))
          issuer       \(printable(certificate.issuer))
          key          \(printable(certificate.key))
          valid        \(day(certificate.notBefore)) to \(day(certificate.notAfter))
          fingerprint  \(printable(certificate.fingerprint))
        """
    }
}

/// `keyferry certificate list --instance I`
package struct ListCertificates: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the client certificates of an instance."
    )

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let instance = instance.instance
        let certificates = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.certificates(of: instance)
        }
        try output.write(certificates) { Self.table(certificates, now: Date()) }
    }

    static func table(_ certificates: [CertificateResource], now: Date) -> String {
        var table = TextTable("NAME", "SUBJECT", "KEY", "EXPIRES", "DAYS LEFT", "FINGERPRINT")
        for certificate in certificates {
            let days = Int((certificate.notAfter.timeIntervalSince(now) / 86_400).rounded(.down))
            table.add(
                printable(certificate.name),
                printable(certificate.subject),
                printable(certificate.key),
                day(certificate.notAfter),
                days < 0 ? "expired" : days <= 30 ? "\(days) (!)" : "\(days)",
                printable(certificate.fingerprint)
            )
        }
        return table.text(empty: "The instance has no client certificates.")
    }
}

/// `keyferry certificate remove NAME --instance I`
package struct RemoveCertificate: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a client certificate from an instance.",
        discussion: "Its holder's connections are closed within a second. The keys of the instance stay."
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
        let removed = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.removeCertificate(name, from: instance)
        }
        try output.write(removed) {
            "Removed '\(printable(removed.name))' from \(instance), fingerprint \(printable(removed.fingerprint))."
        }
    }
}

/// The date alone, in UTC.
func day(_ date: Date) -> String {
    date.formatted(.iso8601.year().month().day())
}
