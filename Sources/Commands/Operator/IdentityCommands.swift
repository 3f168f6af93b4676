internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import Cryptography
internal import FoundationEssentials
internal import OperatorSignatures

/// `keyferry identity …`
package struct IdentityCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "The certificates by which gateways, admin fronts and workers are believed.",
        subcommands: [
            IssueIdentity.self, AddIdentity.self, RenewIdentity.self, ListIdentities.self, RevokeIdentity.self,
        ]
    )

    package init() {}
}

package enum ServiceRoleOption: String, ExpressibleByArgument, CaseIterable, Sendable {
    case gateway
    case admin
    case worker
}

/// `keyferry identity issue NAME --role … --out-certificate F --out-key F`
package struct IssueIdentity: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue the identity of one more gateway, admin front or worker, and have it believed.",
        discussion: """
            Runs where the key of the services' CA is. Give each process an identity of its own: one that is stolen can then \
            be cut off alone. For key owners; the request is signed with your own key, here.
            """
    )

    @Argument(help: "A name for it, by which it can be revoked: gateway-2.")
    package var name: String

    @Option(help: "What it is.")
    package var role: ServiceRoleOption

    @OptionGroup package var issue: MemberIssueOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let issued = try await issue.identity(role.rawValue, of: client, connection)
        let admission = IdentityAdmission(name: name, role: role.rawValue, certificate: issued.certificate)
        let added = try await admission.send(by: connection, files: issued.files)
        try output.write(added) { admission.text(added, files: issued.files) }
    }
}

/// `keyferry identity add NAME FILE`
package struct AddIdentity: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Have an identity believed that the services' CA has issued elsewhere.",
        discussion: "For key owners. The certificate says what it is. The request is signed with your own key, here."
    )

    @Argument(help: "A name for it, by which it can be revoked.")
    package var name: String

    @Argument(help: "A file with the certificate in PEM, and nothing else.", completion: .file())
    package var file: String

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        let certificate = try InputFile.certificate(file)
        guard let service = try? ServiceCertificateExtension(of: certificate) else {
            throw CommandFailure(
                .badInput,
                "\(file) is no service's certificate: it does not say which one",
                advice: "'keyferry identity issue' makes one, where the services' CA is."
            )
        }
        let admission = IdentityAdmission(name: name, role: service.role, certificate: certificate)
        let added = try await admission.send(by: connection)
        try output.write(added) { admission.text(added) }
    }
}

/// `keyferry identity renew WHO --out-certificate F --out-key F`
package struct RenewIdentity: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Issue another certificate to a service that is in force.",
        discussion: """
            Runs where the key of the services' CA is. Both are in force until the first one expires, or is revoked by its \
            fingerprint: put the new one in place, and start the service again. 'keyferry-setup renew' does all of it for \
            the processes of an installation.
            """
    )

    @Argument(help: "The identity's name, or its certificate's fingerprint.")
    package var who: String

    @OptionGroup package var issue: MemberIssueOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let all = try await requesting { () async throws(AdminClientError) in try await client.identities() }
        let renewed = try all.chosen(by: who, noun: "identity")[0]
        let issued = try await issue.identity(renewed.role, of: client, connection)
        let admission = IdentityAdmission(
            name: renewed.name,
            role: renewed.role,
            certificate: issued.certificate,
            replaced: renewed.fingerprint
        )
        let added = try await admission.send(by: connection, files: issued.files)
        try output.write(added) {
            admission.text(added, files: issued.files)
                + "\nThe one before stays in force until \(day(renewed.notAfter)): \(printable(renewed.fingerprint))"
        }
    }
}

extension MemberIssueOptions {
    fileprivate func identity(
        _ role: String,
        of client: AdminRESTClient,
        _ connection: ConnectionOptions
    ) async throws(CommandFailure) -> IssuedMember {
        let partition = try await ChosenRootKey.partition(of: client)
        let settings = OperatorProfiles(home: connection.home, environment: Console.current.environment)
        let days = validity.days
        return try IssuedMember(self, by: "services", settings: settings) { authority, key, now in
            try authority.issueService(role: role, partition: partition, to: key, days: days, now: now)
        }
    }
}

/// A service that is to be believed by its certificate.
private struct IdentityAdmission {
    let name: String
    let role: String
    let certificate: Certificate
    /// The fingerprint of its certificate that this one takes the place of.
    var replaced: String?

    /// - Parameter files: what was made for it here.
    func send(
        by connection: ConnectionOptions,
        files: [String] = []
    ) async throws(CommandFailure) -> ServiceIdentityResource {
        try await NewFile.keeping(files, listedBy: "keyferry identity list") { () async throws(CommandFailure) in
            let (client, signing) = try await connection.connectToSign()
            let signed = try signing.sign(
                .addIdentity(
                    partition: try await ChosenRootKey.partition(of: client),
                    identity: .init(name: name, identifier: certificate.fingerprintHexadecimal),
                    role: role,
                    replaced: replaced
                )
            )
            let new = NewIdentity(name: name, pem: certificate.pem, replaces: replaced, signed: signed)
            return try await requesting { () async throws(AdminClientError) in try await client.addIdentity(new) }
        }
    }

    func text(_ added: ServiceIdentityResource, files: [String] = []) -> String {
        "Believed: \(printable(added.role)) '\(printable(added.name))'.\n"
            + "  fingerprint  \(printable(added.fingerprint))"
            + (files.isEmpty ? "" : "\nMove \(files.joined(separator: " and ")) to where it runs.")
    }
}

/// `keyferry identity list`
package struct ListIdentities: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List identities of services, revoked ones included."
    )

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let all = try await requesting { () async throws(AdminClientError) in try await client.identities() }
        try output.write(all) {
            var table = TextTable("NAME", "ROLE", "STATUS", "EXPIRES", "FINGERPRINT")
            for one in all {
                table.add(
                    printable(one.name),
                    printable(one.role),
                    printable(one.status),
                    day(one.notAfter),
                    printable(one.fingerprint)
                )
            }
            return table.text(empty: "There are no identities.")
        }
    }
}

/// `keyferry identity revoke WHO`
package struct RevokeIdentity: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Cut a service off, at once and for good: a gateway that was stolen.",
        discussion: """
            Workers take nothing from it any more, and a gateway ends its clients' connections. By its name all its \
            certificates are revoked, by a fingerprint that one. A service that goes on needs a new identity: 'keyferry \
            identity issue', or keyferry-setup renew.
            """
    )

    @Argument(help: "The identity's name, or the certificate's fingerprint.")
    package var who: String

    @Flag(help: "It may be the identity of the admin front that is asked, which can do nothing more afterwards.")
    package var evenThisFront = false

    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let all = try await requesting { () async throws(AdminClientError) in try await client.identities() }
        let chosen = try all.chosen(by: who, noun: "identity")
        let role = chosen[0].role
        let isLast = all.count { $0.status == "in-force" && $0.role == role } == chosen.count
        try confirmation.confirm(
            chosen[0].name,
            consequence:
                "Cuts off \(printable(role)) '\(printable(chosen[0].name))', \(chosen.fingerprints). It can't be"
                + " undone." + (isLast ? " It is the last \(printable(role)) in force." : "")
        )
        var revoked: [ServiceIdentityResource] = []
        let evenThisFront = evenThisFront
        for one in chosen {
            let done = try await requesting { () async throws(AdminClientError) in
                try await client.revokeIdentity(one.fingerprint, evenThisFront: evenThisFront)
            }
            revoked.append(done)
        }
        try output.write(revoked) {
            "Cut off \(printable(role)) '\(printable(chosen[0].name))', \(chosen.fingerprints)."
        }
    }
}
