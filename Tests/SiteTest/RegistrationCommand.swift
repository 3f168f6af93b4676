import ArgumentParser
import KMIP
import KMIPClient

/// Who is let in, on every gateway: from being registered until being removed. How long both take is said, and on a machine
/// that is not busy it is less than a second; the limit is for one that is.
struct RegistrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registration",
        abstract: "Register a certificate, use it on every gateway, remove it."
    )

    private static let closed = KMIPClientError(.connectionClosed)
    private static let connectionsPerGateway = 2
    private static let limit = Duration.seconds(5)

    @OptionGroup var site: SiteOptions

    @Option(name: .customLong("gateway"), help: "A gateway, as host:port. Repeatable.")
    var gateways: [String]

    func run() async throws {
        let client = try TestClient.make("newcomer")
        for gateway in gateways {
            // The handshake succeeds; the first request ends the connection.
            let stranger = try await site.connect(as: client, to: gateway)
            try await requireClosed(stranger, "a certificate that nobody registered")
        }
        say("A certificate that nobody registered: closed at the first request, by \(gateways.count) gateways")

        try await site.register(client)
        var slowest = Duration.zero
        for gateway in gateways {
            let took = try await wait("\(gateway) to let the newcomer in", within: Self.limit) {
                let connection = try await site.connect(as: client, to: gateway)
                _ = try await KMIPConversation(over: connection, version: .v14).locate(maximumItems: 1)
                await connection.close()
                return true
            }
            slowest = max(slowest, took)
        }
        say("Registered: served by \(gateways.count) gateways within \(slowest.milliseconds) ms")
        try await removeWhileConnected(client)
        sayPassed(Self.self)
    }

    private func removeWhileConnected(_ client: TestClient) async throws {
        var connections: [KMIPConnection] = []
        for gateway in gateways {
            for _ in 0..<Self.connectionsPerGateway {
                let connection = try await site.connect(as: client, to: gateway)
                _ = try await KMIPConversation(over: connection, version: .v14).locate(maximumItems: 1)
                connections.append(connection)
            }
        }
        try await site.remove(client)
        // A request would be refused in any case: what is tested is that nobody had to make one.
        let took = try await wait("the removal to end live connections", within: Self.limit) {
            connections.allSatisfy { !$0.isOpen }
        }
        for connection in connections { try await requireClosed(connection, "a removed certificate") }
        for gateway in gateways {
            try await requireClosed(try await site.connect(as: client, to: gateway), "a removed certificate")
        }
        say("Removed: \(connections.count) live connections were ended within \(took.milliseconds) ms")
    }

    private func requireClosed(_ connection: KMIPConnection, _ what: String) async throws {
        do {
            _ = try await KMIPConversation(over: connection, version: .v11).discoverVersions()
        } catch {
            try require(error == Self.closed, "\(what): \(error) instead of a closed connection")
            return
        }
        throw SiteTestFailure("\(what) was answered")
    }
}
