internal import AdminClient
internal import AdminResources
package import ArgumentParser

/// `keyferry certificate pending`
package struct ListPendingCertificates: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pending",
        abstract: "List the certificates of clients that tried and were refused.",
        discussion: """
            Each has shown that it holds its certificate's key. Which client it is, its fingerprint alone says: subject \
            and issuer are what the maker of the certificate has chosen. Compare the fingerprint with the one that \
            vCenter shows, then register it with 'certificate admit'. The list is kept for seven days.
            """
    )

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let pending = try await requesting { () async throws(AdminClientError) in
            try await client.pendingCertificates()
        }
        try output.write(pending) { Self.table(pending) }
    }

    /// Those that tried last come first.
    static func table(_ pending: [PendingCertificateResource]) -> String {
        var table = TextTable("LAST TRIED", "TRIES", "ADDRESS", "SUBJECT", "KEY", "EXPIRES", "FINGERPRINT")
        for certificate in pending.sorted(by: { $0.lastSeen > $1.lastSeen }) {
            table.add(
                minute(certificate.lastSeen),
                "\(certificate.attempts)",
                printable(certificate.address),
                printable(certificate.subject),
                printable(certificate.key),
                day(certificate.notAfter),
                printable(certificate.fingerprint)
            )
        }
        return table.text(empty: "No client was refused that could be admitted.")
    }
}

/// `keyferry certificate admit FINGERPRINT NAME --instance I`
package struct AdmitCertificate: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "admit",
        abstract: "Register a certificate that was refused, by its fingerprint.",
        discussion: """
            As 'certificate add', without a file: 'certificate pending' shows what can be admitted. The fingerprint is \
            what you trust: take it from the client, not from the list.
            """
    )

    @Argument(help: "The SHA-256 fingerprint: 64 hexadecimal digits, with or without colons.")
    package var fingerprint: String

    @Argument(help: "A name for the certificate, unique in the instance.")
    package var name: String

    @OptionGroup package var instance: InstanceOption
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    /// As the server writes it.
    private var digits: String { fingerprint.lowercased().filter { $0 != ":" } }

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
        guard digits.utf8.count == 64, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw ValidationError("A fingerprint is 64 hexadecimal digits, with or without colons between the bytes.")
        }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let instance = instance.instance
        let admission = CertificateAdmission(instance: instance, name: name)
        let added = try await requesting(about: instance, of: client) { () async throws(AdminClientError) in
            try await client.admitCertificate(digits, admission)
        }
        try output.write(added) { AddCertificate.text(added, instance: instance) }
    }
}
