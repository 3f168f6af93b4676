internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import Cryptography
internal import FoundationEssentials
internal import OperatorSignatures

/// `keyferry operator …`
package struct OperatorCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Who may operate this server, with which roles.",
        subcommands: [AddOperator.self, ListOperators.self, RevokeOperator.self]
    )

    package init() {}
}

package enum OperatorRole: String, ExpressibleByArgument, CaseIterable, Sendable {
    case viewer
    case kmipManager = "kmip-manager"
    case keyOwner = "key-owner"
    case auditor
}

/// `keyferry operator add NAME FILE --role …`
package struct AddOperator: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Admit an operator by certificate.",
        discussion: """
            The certificate is issued where the operators' CA is kept: keyferry-setup operator NAME. Key owners and KMIP \
            managers admit operators, and give only roles that they have themselves, or viewer. The request is signed with \
            your own key, here.
            """
    )

    @Argument(help: "The operator's name.")
    package var name: String

    @Argument(help: "A file with the operator's certificate in PEM, and nothing else.", completion: .file())
    package var file: String

    @Option(name: .customLong("role"), help: "A role. Repeatable.")
    package var roles: [OperatorRole]

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        let certificate = try InputFile.certificate(file)
        let (client, signing) = try await connection.connectToSign()
        let partition = try await ChosenRootKey.partition(of: client)
        let names = roles.map(\.rawValue)
        let signed = try signing.sign(
            .addOperator(
                partition: partition,
                operator: .init(name: name, identifier: certificate.fingerprintHexadecimal),
                roles: names
            )
        )
        let new = NewOperator(name: name, pem: certificate.pem, roles: names, signed: signed)
        let added = try await requesting { () async throws(AdminClientError) in try await client.addOperator(new) }
        try output.write(added) {
            "Admitted '\(printable(added.name))': \(added.roles.map(printable).joined(separator: ", ")).\n"
                + "  fingerprint  \(printable(added.fingerprint))"
        }
    }
}

/// `keyferry operator list`
package struct ListOperators: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List operators, revoked ones included."
    )

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let operators = try await requesting { () async throws(AdminClientError) in try await client.operators() }
        try output.write(operators) {
            var table = TextTable("NAME", "ROLES", "STATUS", "EXPIRES", "FINGERPRINT")
            for one in operators {
                table.add(
                    printable(one.name),
                    one.roles.map(printable).joined(separator: ", "),
                    printable(one.status),
                    day(one.notAfter),
                    printable(one.fingerprint)
                )
            }
            return table.text(empty: "There are no operators.")
        }
    }
}

/// `keyferry operator revoke FINGERPRINT`
package struct RevokeOperator: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take everything from an operator, at once and for good.",
        discussion: "For key owners. The certificate is never registered again; the last key owner can't be revoked."
    )

    @Argument(help: "The operator's name, where one in force alone has it, or the certificate's fingerprint.")
    package var who: String

    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let operators = try await requesting { () async throws(AdminClientError) in try await client.operators() }
        let chosen = try Chosen(
            who,
            among: operators.filter { $0.status == "in-force" }.map { ($0.name, $0.fingerprint) },
            noun: "operator"
        )
        try confirmation.confirm(
            chosen.name,
            consequence:
                "Revokes operator '\(printable(chosen.name))', \(printable(chosen.fingerprint)). It can't be undone."
        )
        let revoked = try await requesting { () async throws(AdminClientError) in
            try await client.revokeOperator(chosen.fingerprint)
        }
        try output.write(revoked) { "Revoked '\(printable(revoked.name))'." }
    }
}

/// Somebody with a certificate, by name or by fingerprint.
struct Chosen: Hashable {
    let name: String
    let fingerprint: String

    init(
        _ text: String,
        among all: [(name: String, fingerprint: String)],
        noun: String
    ) throws(CommandFailure) {
        let digits = text.filter { $0 != ":" }.lowercased()
        let named = all.filter { $0.name == text }
        guard let found = all.first(where: { $0.fingerprint == digits }) ?? (named.count == 1 ? named[0] : nil) else {
            guard named.isEmpty else {
                throw CommandFailure(
                    .refused,
                    "there is more than one \(noun) '\(printable(text))'",
                    advice: "Give the fingerprint: 'keyferry \(noun) list' shows it."
                )
            }
            let near = Suggestion.nearest(to: text, among: all.map(\.name))
            throw CommandFailure(
                .refused,
                "there is no \(noun) '\(printable(text))' in force"
                    + (near.map { "; did you mean '\(printable($0))'?" } ?? ""),
                advice: near == nil ? "'keyferry \(noun) list' shows those there are." : nil
            )
        }
        (name, fingerprint) = found
    }
}

extension Certificate {
    /// 64 lower-case hexadecimal digits.
    fileprivate var fingerprintHexadecimal: String {
        fingerprintText.filter { $0 != ":" }.lowercased()
    }
}
