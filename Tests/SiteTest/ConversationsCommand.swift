import ArgumentParser
import Conversation
import KMIP
import NIOPosix

/// Plays vCenter's conversation in every version of the protocol, several at once.
struct ConversationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conversations",
        abstract: "Play vCenter's conversation in KMIP 1.0 to 1.4, several at once."
    )

    @OptionGroup var site: SiteOptions

    @Option(help: "The TLS version that must come of the handshake, as the library's configuration has it: 1.2 or 1.3.")
    var tls: String

    @Option(help: "Conversations at once, in each version.")
    var atOnce = 4

    private static let versions: [ProtocolVersion] = [.v10, .v11, .v12, .v13, .v14]

    func run() async throws {
        let client = try TestClient.make("conversations")
        try await site.register(client)
        try await wait("the first answer", within: .seconds(5)) {
            _ = try await play(.rehearsal, .v11, as: client)
            return true
        }
        for version in Self.versions {
            // Discover Versions is there since KMIP 1.1.
            let script = version < .v11 ? ConversationScript.rehearsal.withoutDiscovery : .rehearsal
            let reports = try await withThrowingTaskGroup(of: ConversationReport.self) { group in
                for _ in 0..<atOnce { group.addTask { try await play(script, version, as: client) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let steps = script.connections.map(\.count).reduce(0, +)
            try require(reports.allSatisfy { $0.lines.count == steps }, "KMIP \(version): not every step has an answer")
            try require(
                reports.allSatisfy { $0.protection.hasPrefix("TLS \(tls) ") },
                "KMIP \(version): \(reports.map(\.protection)), not TLS \(tls)"
            )
            let keys = Set(reports.map(\.keyIdentifier))
            try require(keys.count == atOnce, "KMIP \(version): \(keys.count) keys for \(atOnce) conversations")
            say("KMIP \(version), \(reports[0].protection): \(atOnce) conversations at once, \(steps) messages each")
        }
        try await site.remove(client)
        sayPassed(Self.self)
    }

    private func play(
        _ script: ConversationScript,
        _ version: ProtocolVersion,
        as client: TestClient
    ) async throws -> ConversationReport {
        let player = ConversationPlayer(
            server: try site.connection(),
            tls: try site.context(as: client),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            version: version
        )
        return try await player.play(script)
    }
}

extension ConversationScript {
    fileprivate var withoutDiscovery: ConversationScript {
        ConversationScript(connections.map { steps in steps.filter { $0 != .discoverVersions } })
    }
}
