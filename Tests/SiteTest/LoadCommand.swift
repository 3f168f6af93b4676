import ArgumentParser
import Foundation
import KMIPClient
import KeyLoad
import UnixSignals

/// A steady load, until SIGTERM. What was promised is written to a file, for `count`.
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Create keys until SIGTERM, and write down which were promised."
    )

    @OptionGroup var site: SiteOptions

    @Option(help: "Where to write what was promised.")
    var results: String

    @Option(help: "Clients at once.")
    var clients = 8

    @Option(help: "Ends by itself, as a failure, after so many seconds.")
    var seconds = 300

    /// As vCenter's: connections last for a few messages, so that every gateway gets its share of them.
    private static let keysPerConnection = 5

    func run() async throws {
        let client = try TestClient.make("load")
        try await site.register(client)
        var before = 0
        try await wait("the first answer", within: .seconds(5)) {
            let connection = try await site.connect(as: client)
            before = try await KeyCount(over: connection).total()
            await connection.close()
            return true
        }
        var load = CreateLoad { [site] _ in try await site.connect(as: client) }
        load.clientCount = clients
        load.keysPerConnection = Self.keysPerConnection
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let limit = seconds
        let result = try await load.run { progress in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in signals { return } }
                group.addTask { try await report(progress) }
                group.addTask {
                    try await Task.sleep(for: .seconds(limit))
                    throw SiteTestFailure("nobody ended the load within \(limit) s")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
        let promises = Promises(before: before, result: result)
        try JSONEncoder().encode(promises).write(to: URL(fileURLWithPath: results), options: .atomic)
        promises.report.forEach(say)
        sayPassed(Self.self)
    }

    /// A line every second.
    private func report(_ progress: CreateProgress) async throws {
        while true {
            try await Task.sleep(for: .seconds(1))
            say("keys \(progress.acknowledgedCount) failures \(progress.failureCount)")
        }
    }
}

/// What a load has been promised.
struct Promises: Codable {
    /// How many keys there were.
    let before: Int
    let result: CreateLoad.Result

    var report: [String] {
        let failures = result.failures.values.reduce(0, +)
        return [
            "\(result.acknowledged.count) keys promised, \(result.unanswered.count) requests without an answer",
            "\(failures) failures that clients saw" + (failures == 0 ? "" : ":"),
        ]
            + result.failures.sorted { $0.key < $1.key }.map { "  \($0.value) times: \($0.key)" }
            + ["longest time without a new key, all clients together: \(result.longestPauseMilliseconds) ms"]
    }
}
