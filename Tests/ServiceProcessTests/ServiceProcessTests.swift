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
            environment: environment.merging(["KEYFERRY_PARTITION": partition]) { own, _ in own },
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
