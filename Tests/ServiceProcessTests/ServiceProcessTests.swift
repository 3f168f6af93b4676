import Foundation
import Glibc
import LocalSite
import Testing

/// The life of a process, seen from outside: a real one, with an example configuration.
@Suite struct ServiceProcessTests {
    private static let configuration = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Schemas/config/admin.example.yaml").path

    private struct Run {
        let process: ChildProcess
        let logFile: String

        var log: String { (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? "" }

        func waitUntilReady() async throws {
            while !log.contains("ready") { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    private func start(
        _ partition: String,
        arguments: [String] = ["--config", configuration],
        environment: [String: String] = [:]
    ) throws -> Run {
        // Programs are built beside the bundle of the tests.
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = URL(filePath: tests).deletingLastPathComponent().path
        let logFile = FileManager.default.temporaryDirectory.appending(path: "keyferry-\(UUID().uuidString).log").path
        let launch = ProcessLaunch(
            name: "probe",
            executable: folder + "/service-probe",
            arguments: arguments,
            environment: environment.merging(
                ["KEYFERRY_PARTITION": partition, "KEYFERRY_MONITORING_PORT": "0"]
            ) { own, _ in own },
            folder: "/",
            logFile: logFile
        )
        return Run(process: try ChildProcess(launch), logFile: logFile)
    }

    @Test(arguments: [SIGTERM, SIGINT]) func signalsEndItInOrder(signal: Int32) async throws {
        let run = try start("main")
        defer { unlink(run.logFile) }
        try await run.waitUntilReady()
        run.process.send(signal)
        #expect(await run.process.waitForEnd() == .exited(code: 0))
        #expect(run.log.contains("service-probe: stopped\n"))
    }

    @Test func aRefusedCredentialHasItsOwnCode() async throws {
        let run = try start("refused")
        defer { unlink(run.logFile) }
        #expect(await run.process.waitForEnd() == .exited(code: 77))
        #expect(run.log.contains("critical service-probe: the token did not take the PIN\n"))
    }

    @Test func whatDoesNotStopIsEnded() async throws {
        let run = try start("stuck", environment: ["KEYFERRY_SHUTDOWN_SECONDS": "1"])
        defer { unlink(run.logFile) }
        try await run.waitUntilReady()
        run.process.send(SIGTERM)
        #expect(await run.process.waitForEnd() == .exited(code: 70))
    }

    @Test func aWrongConfigurationIsOneLine() async throws {
        let run = try start("main", environment: ["KEYFERRY_LISTEN_PORT": "70000"])
        defer { unlink(run.logFile) }
        #expect(await run.process.waitForEnd() == .exited(code: 78))
        #expect(run.log == "service-probe: KEYFERRY_LISTEN_PORT: 70000 is not a port (1-65535)\n")
    }

    @Test func theCommandLineIsChecked() async throws {
        let run = try start("main", arguments: [])
        defer { unlink(run.logFile) }
        #expect(await run.process.waitForEnd() == .exited(code: 64))
        #expect(run.log.contains("USAGE: service-probe --config <config>"))
    }

    @Test func aMonitoringPortInUseIsOneLine() async throws {
        let port = try LoopbackPort.free()
        let environment = ["KEYFERRY_MONITORING_PORT": "\(port)"]
        let first = try start("main", environment: environment)
        defer { unlink(first.logFile) }
        try await first.waitUntilReady()
        let second = try start("main", environment: environment)
        defer { unlink(second.logFile) }
        #expect(await second.process.waitForEnd() == .exited(code: 69))
        let line = second.log.split(separator: "\n").last ?? ""
        #expect(
            line.hasSuffix(
                "critical service-probe: cannot listen for monitoring at 127.0.0.1:\(port): the port is in use;"
                    + " set monitoring.host and monitoring.port"
            )
        )
        await first.process.stop(within: .seconds(5))
    }

    /// The subcommand asks the process that has the same configuration, in which nothing but `monitoring` counts: the files
    /// that the example names are not there.
    @Test(
        arguments: [
            ("main", [], "ready", 0), ("main", ["--live"], "alive", 0),
            ("unready", [], "not ready: it was told so", 1), ("unready", ["--live"], "alive", 0),
            ("hanging", ["--live"], "not alive: its loops do not turn", 1),
        ] as [(String, [String], String, Int32)]
    )
    func healthIsAskedByASubcommand(partition: String, options: [String], line: String, code: Int32) async throws {
        let port = try LoopbackPort.free()
        let environment = ["KEYFERRY_MONITORING_PORT": "\(port)", "KEYFERRY_MONITORING_HOST": "0.0.0.0"]
        let command = ["health", "--config", Self.configuration] + options
        let tooEarly = try start(partition, arguments: command, environment: environment)
        defer { unlink(tooEarly.logFile) }
        #expect(await tooEarly.process.waitForEnd() == .exited(code: 1))
        #expect(tooEarly.log.hasPrefix("not reachable at 127.0.0.1:\(port) "))

        let run = try start(partition, environment: environment)
        defer { unlink(run.logFile) }
        try await run.waitUntilReady()
        let asked = try start(partition, arguments: command, environment: environment)
        defer { unlink(asked.logFile) }
        #expect(await asked.process.waitForEnd() == .exited(code: code))
        #expect(asked.log == line + "\n")
        await run.process.stop(within: .seconds(5))
    }

    @Test func healthSaysWhatItLacks() async throws {
        let anyPort = try start("main", arguments: ["health", "--config", Self.configuration])
        defer { unlink(anyPort.logFile) }
        #expect(await anyPort.process.waitForEnd() == .exited(code: 1))
        #expect(anyPort.log.contains("monitoring.port is 0"))
        let noFile = try start("main", arguments: ["health", "--config", "/nowhere.yaml"])
        defer { unlink(noFile.logFile) }
        #expect(await noFile.process.waitForEnd() == .exited(code: 1))
        #expect(noFile.log == "/nowhere.yaml does not exist or cannot be read\n")
        let noOption = try start("main", arguments: ["health"])
        defer { unlink(noOption.logFile) }
        #expect(await noOption.process.waitForEnd() == .exited(code: 64))
    }

    @Test func nothingIsDumped() async throws {
        let run = try start("main")
        defer { unlink(run.logFile) }
        try await run.waitUntilReady()
        let limits = try String(contentsOfFile: "/proc/\(run.process.pid)/limits", encoding: .utf8)
        #expect(limits.contains(#/Max core file size +0 +0\s/#))
        // The files of a process that is not dumpable are root's, whoever runs it (proc(5)); its mode is no evidence as root.
        let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(run.process.pid)/mem")[.ownerAccountID]
        #expect(owner as? Int == 0)
        await run.process.stop(within: .seconds(5))
    }
}
