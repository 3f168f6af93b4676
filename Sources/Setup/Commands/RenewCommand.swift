import ArgumentParser
import Foundation
import Logging

struct RenewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Renew certificates before they expire, or the ticket key, while the site runs.",
        discussion: """
            A CA (services-authority, operators-authority) keeps its key and its name: all that it has issued stays \
            valid, under its old certificate and under the new one.
            """
    )

    private static let targetNames = (RenewalTarget.allCases.map(\.rawValue) + ["all"]).joined(separator: ", ")

    @Argument(help: ArgumentHelp("What to renew: \(targetNames). \"all\" leaves out nothing."))
    var targets: [String]

    @Option(help: "The installation's folder.")
    var home: String

    @Option(help: "Renew only what expires within so many days.")
    var within: Int?

    @Flag(help: "Revoke each certificate that is replaced, and no other; without this it is good until it expires.")
    var revoke = false

    @Flag(help: "Make a new key for the gateway's server certificate too.")
    var newKey = false

    @Option(name: .customLong("host"), help: "Another name or address for the server's certificate. Repeatable.")
    var hosts: [String] = []

    func run() async throws {
        var request = RenewalRequest(try chosenTargets())
        request.withinDays = within
        request.revokesReplaced = revoke
        request.makesNewServerKey = newKey
        request.hosts = hosts
        let now = Int64(Date().timeIntervalSince1970)
        let renewal = Renewal(InstallationFolder(home), logger: Logger(label: "keyferry-setup"), now: now)
        for outcome in try await renewal.run(request) {
            TerminalOutput.say("\(outcome.target.rawValue): " + outcome.lines.joined(separator: "\n    "))
        }
    }

    private func chosenTargets() throws(SetupError) -> [RenewalTarget] {
        if targets == ["all"] { return RenewalTarget.allCases }
        return try targets.map { name throws(SetupError) in
            guard let target = RenewalTarget(rawValue: name) else {
                throw SetupError(.optionInvalid, "\(name) is none of \(Self.targetNames)")
            }
            return target
        }
    }
}
