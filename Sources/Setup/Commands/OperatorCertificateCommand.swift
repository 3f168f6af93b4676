import ArgumentParser
import Cryptography
import Foundation
import KeyModel

struct OperatorCertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator",
        abstract: "Issue an operator's certificate, with the operators' CA.",
        discussion: """
            It confers nothing until an operator admits it: 'keyferry operator add', which this prints. The CA's key can be \
            kept offline between such occasions.
            """
    )

    @Argument(help: "The operator's name: of operators/NAME.pem and operators/NAME.key, and of the profile.")
    var name: String

    @Option(
        name: .customLong("role"),
        help: "A role that is to be given: viewer, kmip-manager, key-owner, auditor. Repeatable."
    )
    var roles: [String] = ["viewer"]

    @Option(help: "The installation's folder.")
    var home: String

    func run() async throws {
        let issue = OperatorIssue(name: name, roles: roles, now: Int64(Date().timeIntervalSince1970))
        try await issue.run(in: InstallationFolder(home)).forEach(TerminalOutput.say)
    }
}
