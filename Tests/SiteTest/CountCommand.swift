import ArgumentParser
import Foundation
import KMIPClient
import KeyLoad

/// Counts what a load was promised, by way of every gateway.
struct CountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Look for every key that was promised, by way of every gateway."
    )

    @OptionGroup var site: SiteOptions

    @Option(name: .customLong("gateway"), help: "A gateway, as host:port. Repeatable.")
    var gateways: [String]

    @Option(help: "What `load` wrote.")
    var results: String

    @Option(help: "Fewer keys than these are too few to show anything.")
    var atLeast = 100

    @Option(help: "Failures that clients may have seen, at most.")
    var failures: Int?

    func run() async throws {
        let file = try Data(contentsOf: URL(fileURLWithPath: results))
        let promises = try JSONDecoder().decode(Promises.self, from: file)
        let promised = promises.result.acknowledged.count
        try require(promised >= atLeast, "\(promised) keys are too few")
        let seen = promises.result.failures.values.reduce(0, +)
        if let failures { try require(seen <= failures, "clients saw \(seen) failures, and \(failures) are allowed") }
        let client = try TestClient.make("count")
        try await site.register(client)
        for gateway in gateways {
            let connection = try await site.connect(as: client, to: gateway)
            let problems = try await KeyCount(over: connection).problems(of: promises.result, before: promises.before)
            await connection.close()
            let more = problems.count > 20 ? " and \(problems.count - 20) more" : ""
            try require(problems.isEmpty, "\(gateway): \(problems.prefix(20).joined(separator: "; "))\(more)")
            say("\(gateway): \(promised) keys promised, each is there, once, and readable; no other key is there")
        }
        try await site.remove(client)
        sayPassed(Self.self)
    }
}
