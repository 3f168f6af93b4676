import ArgumentParser
import Dispatch
import FaultDriver
import Foundation
import Glibc

/// Runs a whole installation of its own under load, breaks it, and says whether every promise was kept.
@main
struct FaultsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyferry-faults",
        abstract: "Breaks a site under load, and checks what was promised.",
        discussion: """
            Faults: kill-TARGET and pause-TARGET with worker, gateway, admin or broker; kill-points and pause-points, or \
            one point as in kill@worker.changes-committed; full-disk, which needs root. Ends with 0 if every promise was \
            kept and everything asked for was done, else with 1.
            """
    )

    @Option(help: "What all random choices follow from.")
    var seed: UInt64 = UInt64.random(in: 1...999_999)

    @Option(help: "Keys to be acknowledged, at the least.")
    var keys = 10_000

    @Option(help: "Seconds after which a run that is not done has failed.")
    var duration = 1_800

    @Option(help: "Connections that work at the same time.")
    var connections = 16

    @Option(help: "How often every fault strikes.")
    var rounds = 1

    @Option(help: "Names of faults, separated by commas; all but pause-points if not given.")
    var faults: String?

    @Option(help: "A file for the report as JSON.")
    var report: String?

    @Option(help: "A folder for the logs of all processes.")
    var logs: String?

    func validate() throws {
        guard keys > 0, duration > 0, connections > 0, rounds > 0 else {
            throw ValidationError("keys, duration, connections and rounds are 1 at the least")
        }
    }

    func run() async throws {
        #if DEBUG
            var options = FaultRunOptions(
                seed: seed,
                keys: keys,
                faults: try chosenFaults(),
                limit: .seconds(duration)
            )
            options.connections = connections
            options.rounds = rounds
            options.logFolder = logs
            let interruptions = Self.endOnInterruption()
            defer { interruptions.forEach { $0.cancel() } }
            options.say = Self.say
            Self.say("seed \(seed)")
            let result = try await FaultRun.run(options)
            if let report { try result.json.write(toFile: report, atomically: true, encoding: .utf8) }
            Self.say(result.text.joined(separator: "\n"))
            guard result.isGood else { throw ExitCode.failure }
        #else
            throw ValidationError("this is a release build, and has no fault points: build it for debugging")
        #endif
    }

    /// At once, also where the output is a file.
    private static func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// An orderly exit, which ends the processes of the site and removes its folder and its file system.
    private static func endOnInterruption() -> [any DispatchSourceSignal] {
        [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { Glibc.exit(128 + number) }
            source.activate()
            return source
        }
    }

    private func chosenFaults() throws -> [Fault] {
        guard let faults else { return Fault.usual }
        return try faults.split(separator: ",").flatMap { name in
            guard let named = Fault.named(String(name)) else { throw ValidationError("\(name) is no fault") }
            return named
        }
    }
}
