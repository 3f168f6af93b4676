import Foundation
import Glibc
import Testing

@testable import LocalSite

private let required = ProcessInfo.processInfo.environment["KEYFERRY_REQUIRE_SERVICES"] == "1"

/// `keyferry-setup run` as a person at a terminal runs it, with the real programs: SwiftPM puts them beside the tests.
private enum Programs {
    static let folder = URL(
        fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    ).deletingLastPathComponent().path

    static let setup = folder + "/keyferry-setup"

    static var areThere: Bool {
        ["setup", "gateway", "admin", "worker"].allSatisfy { name in
            FileManager.default.isExecutableFile(atPath: "\(folder)/keyferry-\(name)")
        } && FileManager.default.fileExists(atPath: "/usr/lib/softhsm/libsofthsm2.so")
    }
}

@Suite(.enabled(if: required || (BrokerNode.isInstalled && Programs.areThere)), .serialized)
struct SetupProgramIntegrationTests {
    private static let isServing = "Ctrl-C stops everything."

    /// Runs a program whose output goes to a terminal or to a pipe, until it has said a word. Then the terminal is
    /// closed; or the pipe, and its writer told to stop. Prints how the program ended.
    private static let reader = """
        import os, pty, signal, sys
        kind, word, program = sys.argv[1], sys.argv[2].encode(), sys.argv[3:]
        if kind == "terminal":
            child, output = pty.fork()
        else:
            output, end = os.pipe()
            child = os.fork()
            if child == 0:
                os.dup2(end, 1)
        if child == 0:
            # Python has it ignored, and what it starts would have.
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.execv(program[0], program)
        if kind == "pipe":
            os.close(end)
        said = b""
        while word not in said:
            try:
                more = os.read(output, 4096)
            except OSError:
                more = b""
            if not more:
                sys.exit(said.decode())
            said += more
        os.close(output)
        if kind == "pipe":
            os.kill(child, signal.SIGTERM)
        _, status = os.waitpid(child, 0)
        print("ended with", os.waitstatus_to_exitcode(status))
        """

    private struct Site {
        let folder: TemporaryFolder
        let ports: [UInt16]

        var home: String { folder.path + "/home" }
        var runArguments: [String] {
            [
                "run", "--home", home, "--port", "\(ports[0])", "--admin-port", "\(ports[1])",
                "--broker-port", "\(ports[2])", "--monitoring-port", "0",
            ]
        }

        /// Makes an installation.
        static func make(in folder: TemporaryFolder) async throws -> Site {
            let site = Site(folder: folder, ports: try (0..<3).map { _ in try LoopbackPort.free() })
            let made = try await site.run(Programs.setup, ["init", "--home", site.home])
            try #require(made.end == .exited(code: 0), "\(made.output)")
            return site
        }

        /// Runs a program to its end.
        func run(_ executable: String, _ arguments: [String]) async throws -> (end: ProcessEnd, output: String) {
            let log = "\(folder.path)/\(UUID().uuidString).log"
            let process = try ChildProcess(
                ProcessLaunch(
                    name: "program",
                    executable: executable,
                    arguments: arguments,
                    environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8"],
                    folder: folder.path,
                    logFile: log
                )
            )
            let end = await process.waitForEnd()
            return (end, try String(contentsOfFile: log, encoding: .utf8))
        }

        func expectNothingRuns() async throws {
            let left = try await processesLeft(of: folder, until: ContinuousClock.now + .seconds(5))
            #expect(left == [], "\(left)")
            for port in ports { #expect(LoopbackPort.isFree(port)) }
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: ["terminal", "pipe"])
    func whoeverReadsMayGoAndNothingIsLeft(kind: String) async throws {
        try await TemporaryFolder.with { folder in
            let site = try await Site.make(in: folder)
            let arguments = ["-c", Self.reader, kind, Self.isServing, Programs.setup] + site.runArguments
            let finished = try await site.run("/usr/bin/python3", arguments)
            #expect(finished.output.hasSuffix("ended with 0\n"), "\(finished.output)")
            try await site.expectNothingRuns()
        }
    }

    /// The file was changed, and the node was not: it has the user that it was made with.
    @Test(.timeLimit(.minutes(2))) func aBrokerThatRefusesIsSaidInALine() async throws {
        try await TemporaryFolder.with { folder in
            let site = try await Site.make(in: folder)
            let credentials = site.home + "/broker.credentials"
            let broker = BrokerNode(
                folder: site.home + "/broker",
                credentialsFile: credentials,
                logFile: folder.path + "/broker.log",
                port: site.ports[2]
            )
            try await broker.start()
            await broker.stop(within: .seconds(10))
            try "keyferry\nnot-its-password\n".write(toFile: credentials, atomically: false, encoding: .utf8)
            chmod(credentials, 0o600)

            let begin = ContinuousClock.now
            let finished = try await site.run(Programs.setup, site.runArguments)
            #expect(finished.end == .exited(code: 69))
            // Sooner than the minute that a site may take to start.
            #expect(begin.duration(to: .now) < .seconds(55))
            let complaint = finished.output.split(separator: "\n").last ?? ""
            let words = "keyferry-setup: the broker refuses the user or the password in \(credentials): "
            #expect(complaint.hasPrefix(words), "\(finished.output)")
            #expect(!finished.output.contains("not-its-password"))
            try await site.expectNothingRuns()
        }
    }
}
