package import ArgumentParser
internal import FoundationEssentials
internal import KMIP
internal import KMIPClient

/// `keyferry kmip revoke`: Revoke (KMIP 1.4, 4.20).
package struct RevokeCommand: ReportingCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Put a key out of use.",
        discussion: """
            The key becomes Deactivated, or Compromised with the reason key-compromise, which is taken to have happened \
            now unless --compromised-at says when.
            """
    )

    package enum Reason: String, ExpressibleByArgument, CaseIterable, Sendable {
        case unspecified
        case keyCompromise = "key-compromise"
        case affiliationChanged = "affiliation-changed"
        case superseded
        case cessationOfOperation = "cessation-of-operation"
        case privilegeWithdrawn = "privilege-withdrawn"

        var code: RevocationReasonCode {
            switch self {
            case .unspecified: .unspecified
            case .keyCompromise: .keyCompromise
            case .affiliationChanged: .affiliationChanged
            case .superseded: .superseded
            case .cessationOfOperation: .cessationOfOperation
            case .privilegeWithdrawn: .privilegeWithdrawn
            }
        }
    }

    @Argument(help: "The object's unique identifier.")
    package var identifier: String

    @Option(help: "Why.")
    package var reason = Reason.cessationOfOperation

    @Option(help: "Words about it, which the server keeps.")
    package var message: String?

    @Option(help: ArgumentHelp("When the key was compromised, as in 2026-11-23T12:00:00Z.", valueName: "time"))
    package var compromisedAt: String?

    @OptionGroup package var server: KMIPServerOptions
    @OptionGroup package var output: OutputOptions

    package init() {}

    package func validate() throws {
        guard compromisedAt == nil || reason == .keyCompromise else {
            throw ValidationError("--compromised-at goes with --reason key-compromise.")
        }
        guard compromisedAt == nil || compromised != nil else {
            throw ValidationError("--compromised-at is a time as in 2026-11-23T12:00:00Z.")
        }
    }

    private var compromised: Date? {
        compromisedAt.flatMap { try? Date($0, strategy: .iso8601) }
    }

    package func perform() async throws(CommandFailure) {
        let occurrence = reason == .keyCompromise ? Int64((compromised ?? Date()).timeIntervalSince1970) : nil
        let response = try await server.conversing { (kmip) async throws(KMIPClientError) in
            try await kmip.revoke(
                identifier,
                reason: RevocationReason(reason.code, message: message),
                compromiseOccurrenceDate: occurrence
            )
        }
        try output.write(objectIdentifier: response.uniqueIdentifier)
    }
}
