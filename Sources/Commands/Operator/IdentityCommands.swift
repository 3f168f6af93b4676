internal import AdminClient
internal import AdminResources
package import ArgumentParser

/// `keyferry identity …`
package struct IdentityCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "The certificates by which gateways, admin fronts and workers are believed.",
        subcommands: [ListIdentities.self, RevokeIdentity.self]
    )

    package init() {}
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

/// `keyferry identity revoke FINGERPRINT`
package struct RevokeIdentity: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Cut a service off, at once and for good: a gateway that was stolen.",
        discussion: """
            Workers take nothing from it any more, and a gateway ends its clients' connections. A service that goes on needs \
            a new identity: keyferry-setup renew.
            """
    )

    @Argument(help: "The identity's name, where one in force alone has it, or the certificate's fingerprint.")
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
        let inForce = all.filter { $0.status == "in-force" }
        let chosen = try Chosen(who, among: inForce.map { ($0.name, $0.fingerprint) }, noun: "identity")
        let role = inForce.first { $0.fingerprint == chosen.fingerprint }?.role ?? ""
        let isLast = inForce.count { $0.role == role } == 1
        try confirmation.confirm(
            chosen.name,
            consequence:
                "Cuts off \(printable(role)) '\(printable(chosen.name))', \(printable(chosen.fingerprint)). It can't"
                + " be undone." + (isLast ? " It is the last \(printable(role)) in force." : "")
        )
        let (fingerprint, evenThisFront) = (chosen.fingerprint, evenThisFront)
        let revoked = try await requesting { () async throws(AdminClientError) in
            try await client.revokeIdentity(fingerprint, evenThisFront: evenThisFront)
        }
        try output.write(revoked) { "Cut off \(printable(revoked.role)) '\(printable(revoked.name))'." }
    }
}
