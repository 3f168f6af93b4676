import ArgumentParser
import Glibc
import LoadDriver
import PipelineSite

/// Loads a site of its own on this machine's loopback, and says what happened. Ends with 1 where a bound is broken.
@main
struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyferry-load",
        abstract: "Makes a site on loopback, loads it beyond what it can do, and prints what happened.",
        subcommands: [
            OverloadCommand.self, IdleCommand.self, SlowCommand.self, UnknownCommand.self, RotationCommand.self,
        ]
    )
}

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON instead of a table.")
    var json = false
}

struct OverloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overload",
        abstract: "Measures capacity, then sends a multiple of it, open loop, then half of it."
    )

    @OptionGroup var output: OutputOptions
    @Option(help: "What capacity is multiplied by.") var factor = 3.0
    @Option(help: "How many seconds the overload lasts.") var seconds = 20
    @Option(help: "Standing connections.") var connections = 1500
    @Option(help: "Worker processes.") var workers = 1
    @Flag(help: "A short connection for each request, as vCenter makes them.") var visits = false

    func run() async throws {
        var scenario = OverloadScenario()
        scenario.factor = factor
        scenario.overload = .seconds(seconds)
        scenario.connections = connections
        scenario.visits = visits
        try await output.report(workers: workers, environment: ["KEYFERRY_LIMITS_CONNECTIONS": "4096"]) { site in
            try await scenario.run(on: site)
        }
    }
}

struct IdleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle",
        abstract: "Opens very many idle connections on one gateway."
    )

    @OptionGroup var output: OutputOptions
    @Option(help: "Idle connections.") var connections = 10_000

    func run() async throws {
        var scenario = IdleScenario()
        scenario.connections = connections
        let environment = ["KEYFERRY_LIMITS_CONNECTIONS": "\(connections + 500)"]
        try await output.report(environment: environment) { try await scenario.run(on: $0) }
    }
}

struct SlowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow",
        abstract: "Peers that begin handshakes and requests and do not go on."
    )

    @OptionGroup var output: OutputOptions
    @Option(help: "Peers of each kind.") var peers = 50

    func run() async throws {
        var scenario = SlowScenario()
        scenario.peers = peers
        let environment = [
            "KEYFERRY_LIMITS_HANDSHAKE_SECONDS": "5", "KEYFERRY_LIMITS_READ_SECONDS": "5",
            "KEYFERRY_LIMITS_IDLE_SECONDS": "8",
        ]
        try await output.report(environment: environment) { try await scenario.run(on: $0) }
    }
}

struct UnknownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unknown",
        abstract: "A flood of connections with unknown certificates, with none, and with garbage."
    )

    @OptionGroup var output: OutputOptions
    @Option(help: "How many seconds the flood lasts.") var seconds = 10
    @Option(help: "Flooding connections at the same time, of each kind.") var floods = 24

    func run() async throws {
        var scenario = UnknownScenario()
        scenario.duration = .seconds(seconds)
        scenario.floods = floods
        try await output.report { try await scenario.run(on: $0) }
    }
}

struct RotationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotation",
        abstract: "Rotates the root key of very many keys, alone and beside Gets at half of capacity."
    )

    @OptionGroup var output: OutputOptions
    @Option(help: "Keys under the root key.") var keys = 100_000
    @Option(help: "Worker processes.") var workers = 1

    func run() async throws {
        var scenario = RotationScenario()
        scenario.keys = keys
        try await output.report(workers: workers) { try await scenario.run(on: $0) }
    }
}

extension OutputOptions {
    /// Runs a scenario on a site of its own.
    ///
    /// - Parameter environment: overrides of the site's configuration.
    fileprivate func report<Report: ScenarioReport>(
        workers: Int = 1,
        environment: [String: String] = [:],
        _ run: (LoadSite) async throws -> Report
    ) async throws {
        raiseOpenFiles()
        var options = PipelineSite.Options()
        options.workerCount = workers
        options.environment = ["KEYFERRY_LOG_LEVEL": "info"].merging(environment) { $1 }
        let site = try await PipelineSite.make(options)
        let report: Report
        do {
            try await site.startAll()
            report = try await run(try await LoadSite.prepare(site, clientCount: 8, keyCount: 200))
            await site.end()
        } catch {
            await site.end()
            throw error
        }
        print(json ? try report.json() : report.table)
        if !report.broken.isEmpty { throw ExitCode.failure }
    }

    /// The connections' other ends are open files of this process.
    private func raiseOpenFiles() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
