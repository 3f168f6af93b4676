internal import AdminClient
internal import AdminResources
package import ArgumentParser
internal import Foundation
internal import OperatorSignatures

/// `keyferry root-key sign-deletion KEY --out FILE`
package struct SignRootKeyDeletion: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sign-deletion",
        abstract: "As the one of two key owners, agree to the deletion of a root key.",
        discussion: """
            Changes nothing. Makes a file with your signature, which the other key owner gives to 'keyferry root-key delete'. It \
            is good for one deletion of this root key, as long as no version is added.
            """
    )

    @OptionGroup package var rootKey: RootKeyArgument

    @Option(help: "The file to make: your signature. It must not exist.")
    package var out: String

    @Option(help: "For how many hours it is good.")
    package var hours = 24

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard (1...168).contains(hours) else { throw ValidationError("--hours takes 1 to 168") }
    }

    package func perform() async throws(CommandFailure) {
        let (client, signing) = try await connection.connectToSign()
        let name = rootKey.rootKey
        let key = try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.rootKey(name)
        }
        let signed = try signing.sign(.deletion(of: key), lifetimeSeconds: Int64(hours) * 3_600)
        guard let json = try? JSONEncoder().encode(signed) else {
            throw CommandFailure(.configuration, "the signature can't be written")
        }
        try NewFile.write(String(decoding: json, as: UTF8.self) + "\n", to: out)
        try output.write(signed) {
            """
            You have agreed, for \(hours) hours, that root key '\(printable(key.name))' (\(printable(key.identifier))) is deleted, \
            with \(key.keyCount) keys that nobody can read again.
            Another key owner: keyferry root-key delete \(printable(key.name)) --owner-signature \(out)
            """
        }
    }
}

/// `keyferry root-key delete KEY --owner-signature FILE`
package struct DeleteRootKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a root key, and every key under it, after a waiting time.",
        discussion: """
            Takes two key owners: one signs beforehand ('keyferry root-key sign-deletion'), the other asks. The root key is out \
            of use at once; until the waiting time is over, 'keyferry root-key restore' brings it back. Then all its versions \
            are destroyed in the HSM, and no backup of the key store can be read any more as far as its keys go.
            """
    )

    @OptionGroup package var rootKey: RootKeyArgument

    @Option(
        help: ArgumentHelp("The other key owner's signature, as 'sign-deletion' makes it.", valueName: "file"),
        completion: .file()
    )
    package var ownerSignature: String?

    @OptionGroup package var confirmation: ConfirmationOptions
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        guard let ownerSignature else {
            throw CommandFailure(
                .usage,
                "a root key is deleted by two key owners, and only you are here",
                advice: "The other one: keyferry root-key sign-deletion \(printable(rootKey.rootKey)) --out FILE."
                    + " Then you: --owner-signature FILE"
            )
        }
        let text = try InputFile.text(ownerSignature)
        guard let agreed = try? JSONDecoder().decode(SignedStatementResource.self, from: Data(text.utf8)) else {
            throw CommandFailure(
                .badInput,
                "\(ownerSignature) is no signature",
                advice: "'keyferry root-key sign-deletion' makes one."
            )
        }
        let (client, signing) = try await connection.connectToSign()
        let name = rootKey.rootKey
        let key = try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.rootKey(name)
        }
        try confirmation.confirm(
            key.name,
            consequence: """
                Deletes root key '\(printable(key.name))' and the \(key.keyCount) keys under it, of \(key.users). It goes out of use \
                now: what these keys protect can't be opened any more. When the waiting time is over, nothing brings it back.
                """
        )
        let signed = try signing.sign(.deletion(of: key))
        let deleted = try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.deleteRootKey(key.identifier, RootKeyDeletionOrder(signed: [signed, agreed]))
        }
        try output.write(deleted) {
            """
            Root key '\(printable(deleted.name))' is out of use: \(deleted.deletion?.text ?? "deletion ordered").
            Until then: keyferry root-key restore \(printable(deleted.name))
            """
        }
    }
}

/// `keyferry root-key restore KEY`
package struct RestoreRootKey: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Call off the deletion of a root key, before its waiting time is over.",
        discussion: "It is suspended then: 'keyferry root-key resume' puts it into use. Takes the role 'key-owner'."
    )

    @OptionGroup package var rootKey: RootKeyArgument
    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let name = rootKey.rootKey
        let key = try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.restoreRootKey(name)
        }
        try output.write(key) {
            """
            Root key '\(printable(key.name))' is not deleted, and is \(printable(key.status)).
            To use it again: keyferry root-key resume \(printable(key.name))
            """
        }
    }
}

/// `keyferry root-key deletion-report KEY`
package struct ShowDeletionReport: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "deletion-report",
        abstract: "Show and verify the signed report of a root key's deletion.",
        discussion: """
            The worker that destroyed the root key has signed it. The signature is verified here, by the services CA of your \
            settings. --out keeps report, signature and certificate in a file; --output json prints them.
            """
    )

    @OptionGroup package var rootKey: RootKeyArgument

    @Option(help: "A file to make: report, signature and certificate. It must not exist.")
    package var out: String?

    @OptionGroup package var connection: ConnectionOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func perform() async throws(CommandFailure) {
        let client = try await connection.connect()
        let authority = try await connection.serverAuthority()
        let name = rootKey.rootKey
        let signed = try await requesting(aboutRootKey: name, of: client) { () async throws(AdminClientError) in
            try await client.deletionReport(of: name)
        }
        let (report, signer) = try VerifiedDeletionReport.verify(signed, authority: authority)
        if let out {
            guard let json = try? JSONEncoder().encode(signed) else {
                throw CommandFailure(.configuration, "the report can't be written")
            }
            try NewFile.write(String(decoding: json, as: UTF8.self) + "\n", to: out)
        }
        try output.write(signed) { Self.text(report, signer: signer) }
    }

    static func text(_ report: RootKeyDeletionReport, signer: String) -> String {
        func list(_ texts: [String]) -> String { texts.isEmpty ? "none" : texts.map(printable).joined(separator: ", ") }
        func time(_ seconds: Int64) -> String { moment(Date(timeIntervalSince1970: Double(seconds))) }
        let lines = [
            "Root key '\(printable(report.rootKey.name))' (\(printable(report.rootKey.identifier))) is deleted.",
            "  ordered     \(time(report.times.ordered)) by \(list(report.orderedBy.map(\.name)))",
            "  waited for  \(time(report.times.due))",
            "  ended       \(time(report.times.ended))",
            "  versions    \(list(report.versions.map { "\($0.version) (\($0.tokenKey))" }))",
            "  ticket keys \(list(report.ticketKeys))",
            "  tokens      \(list(report.tokenSerials)): destroyed there, looked for, and not found",
            "  signed by   \(printable(signer)), verified",
            "Not looked at:",
        ]
        var table = TextTable("INSTANCE", "KEY", "NAME")
        for key in report.keys {
            table.add(printable(key.instance), printable(key.identifier), key.name.map(printable) ?? "-")
        }
        let outside = report.outside.map { "  - " + printable($0) }
        return (lines + outside + ["", "Never to be read again:", table.text(empty: "no key was under it.")])
            .joined(separator: "\n")
    }
}

extension SignedRequest {
    fileprivate static func deletion(of key: RootKeyDetails) -> SignedRequest {
        .deleteRootKey(
            partition: key.partition,
            rootKey: .init(name: key.name, identifier: key.identifier),
            currentVersion: key.currentVersion ?? 0
        )
    }
}

extension RootKeyDetails {
    fileprivate var keyCount: Int { versions.reduce(0) { $0 + $1.keyCount } }

    /// The instances that have keys under it.
    fileprivate var users: String {
        let names = Set(versions.flatMap(\.neededBy.keys)).sorted()
        return names.isEmpty ? "no instance" : names.map(printable).joined(separator: ", ")
    }
}

extension RootKeyDeletionResource {
    /// For people.
    var text: String {
        isWaitingForTicketKey
            ? "destroyed; its end waits for another ticket key (keyferry-setup renew ticket)"
            : "destroyed at \(moment(due)) unless it is restored"
    }
}
