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
        subcommands: [
            IssueOperator.self, AddOperator.self, RenewOperator.self, ListOperators.self, RevokeOperator.self,
        ]
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
            The certificate is issued where the operators' CA is kept: 'keyferry operator issue' does both. Key owners and \
            KMIP managers admit operators, and give only roles that they have themselves, or viewer. The request is signed \
            with your own key, here.
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
        let admission = OperatorAdmission(name: name, roles: roles.map(\.rawValue), certificate: certificate)
        let added = try await admission.send(by: connection)
        try output.write(added) { admission.text(added) }
    }
}

/// `keyferry operator issue NAME --role … --out-certificate F --out-key F`
package struct IssueOperator: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue an operator's certificate, with the operators' CA, and admit him.",
        discussion: """
            Runs where the key of the operators' CA is. The best way for the operator's own key is never to leave his \
            machine: he makes a request (openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256), and --request names \
            it. Key owners and KMIP managers admit operators, and give only roles that they have themselves, or viewer.
            """
    )

    @Argument(help: "The operator's name.")
    package var name: String

    @Option(name: .customLong("role"), help: "A role. Repeatable.")
    package var roles: [OperatorRole]

    @OptionGroup package var issue: MemberIssueOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard ResourceName.isValid(name) else { throw ValidationError("A name is \(ResourceName.rule).") }
    }

    package func perform() async throws(CommandFailure) {
        let issued = try issue.operatorCertificate(name, connection)
        let admission = OperatorAdmission(
            name: name,
            roles: roles.map(\.rawValue),
            certificate: issued.certificate
        )
        let added = try await admission.send(by: connection, files: issued.files)
        try output.write(added) { admission.text(added, files: issued.files) }
    }
}

/// `keyferry operator renew WHO --out-certificate F --out-key F`
package struct RenewOperator: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Issue another certificate to an operator who is in force, with the same roles.",
        discussion: """
            Runs where the key of the operators' CA is. Both certificates are in force until the first one expires, or is \
            revoked by its fingerprint. Everyone may renew himself; others only those whose roles they have. Of several \
            certificates of one name it is the one that you use yourself, else the one that is valid longest.
            """
    )

    @Argument(help: "The operator's name, or a certificate's fingerprint.")
    package var who: String

    @OptionGroup package var issue: MemberIssueOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let (client, signing) = try await connection.connectToSign()
        let operators = try await requesting { () async throws(AdminClientError) in try await client.operators() }
        let chosen = try operators.chosen(by: who, noun: "operator")
        // Whoever may renew nobody but himself takes the place of the very certificate that he signs with.
        let own = signing.certificate.fingerprintHexadecimal
        let renewed = chosen.first { $0.fingerprint == own } ?? chosen[0]
        let issued = try issue.operatorCertificate(renewed.name, connection)
        let admission = OperatorAdmission(
            name: renewed.name,
            roles: renewed.roles,
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
    fileprivate func operatorCertificate(
        _ name: String,
        _ connection: ConnectionOptions
    ) throws(CommandFailure) -> IssuedMember {
        let settings = OperatorProfiles(home: connection.home, environment: Console.current.environment)
        let days = validity.days
        return try IssuedMember(self, by: "operators", settings: settings) { authority, key, now in
            try authority.issueOperator(name: name, to: key, days: days, now: now)
        }
    }
}

/// An operator who is to be admitted by certificate.
private struct OperatorAdmission {
    let name: String
    let roles: [String]
    let certificate: Certificate
    /// The fingerprint of his certificate that this one takes the place of.
    var replaced: String?

    /// - Parameter files: what was made for it here.
    func send(
        by connection: ConnectionOptions,
        files: [String] = []
    ) async throws(CommandFailure) -> OperatorResource {
        try await NewFile.keeping(files, listedBy: "keyferry operator list") { () async throws(CommandFailure) in
            let (client, signing) = try await connection.connectToSign()
            let signed = try signing.sign(
                .addOperator(
                    partition: try await ChosenRootKey.partition(of: client),
                    operator: .init(name: name, identifier: certificate.fingerprintHexadecimal),
                    roles: roles,
                    replaced: replaced
                )
            )
            let new = NewOperator(
                name: name,
                pem: certificate.pem,
                roles: roles,
                replaces: replaced,
                signed: signed
            )
            return try await requesting { () async throws(AdminClientError) in try await client.addOperator(new) }
        }
    }

    func text(_ added: OperatorResource, files: [String] = []) -> String {
        "Admitted '\(printable(added.name))': \(added.roles.map(printable).joined(separator: ", ")).\n"
            + "  fingerprint  \(printable(added.fingerprint))"
            + (files.isEmpty
                ? "" : "\nWhat is his: \(files.joined(separator: ", ")). His operator.yaml names them.")
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

/// `keyferry operator revoke WHO`
package struct RevokeOperator: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take everything from an operator, at once and for good.",
        discussion: """
            For key owners. By his name all his certificates are revoked, by a fingerprint that one. They are never registered \
            again; the last key owner and the last KMIP manager can't be revoked.
            """
    )

    @Argument(help: "The operator's name, or a certificate's fingerprint.")
    package var who: String

    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let operators = try await requesting { () async throws(AdminClientError) in try await client.operators() }
        let chosen = try operators.chosen(by: who, noun: "operator")
        try confirmation.confirm(
            chosen[0].name,
            consequence: "Revokes operator '\(printable(chosen[0].name))', \(chosen.fingerprints). It can't be undone."
        )
        var revoked: [OperatorResource] = []
        for one in chosen {
            let done = try await requesting { () async throws(AdminClientError) in
                try await client.revokeOperator(one.fingerprint)
            }
            revoked.append(done)
        }
        try output.write(revoked) { "Revoked '\(printable(chosen[0].name))', \(chosen.fingerprints)." }
    }
}

/// An operator or a service, of whom there may be several certificates.
protocol CertificateHolder {
    var name: String { get }
    var fingerprint: String { get }
    var status: String { get }
    var notAfter: Date { get }
}

extension OperatorResource: CertificateHolder {}
extension ServiceIdentityResource: CertificateHolder {}

extension Array where Element: CertificateHolder {
    /// Of those in force, all of that name, or the one with that fingerprint; not empty. What is valid longest comes first.
    ///
    /// - Parameter noun: `operator` or `identity`.
    func chosen(by text: String, noun: String) throws(CommandFailure) -> [Element] {
        let inForce = filter { $0.status == "in-force" }.sorted { $0.notAfter > $1.notAfter }
        let digits = text.filter { $0 != ":" }.lowercased()
        let one = inForce.filter { $0.fingerprint == digits }
        let found = one.isEmpty ? inForce.filter { $0.name == text } : one
        guard !found.isEmpty else {
            let near = Suggestion.nearest(to: text, among: inForce.map(\.name))
            throw CommandFailure(
                .refused,
                "there is no \(noun) '\(printable(text))' in force"
                    + (near.map { "; did you mean '\(printable($0))'?" } ?? ""),
                advice: near == nil ? "'keyferry \(noun) list' shows those there are." : nil
            )
        }
        return found
    }

    /// For people.
    var fingerprints: String { map { printable($0.fingerprint) }.joined(separator: ", ") }
}

extension Certificate {
    /// 64 lower-case hexadecimal digits.
    var fingerprintHexadecimal: String {
        fingerprintText.filter { $0 != ":" }.lowercased()
    }
}
