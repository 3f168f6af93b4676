import Foundation
import Glibc
import Synchronization
import Testing

@testable import LocalSite

private let required = ProcessInfo.processInfo.environment["KEYFERRY_REQUIRE_SERVICES"] == "1"

/// Supervision, with a real broker and, in place of the programs, shell scripts: what a site does when they end.
@Suite(.enabled(if: required || BrokerNode.isInstalled), .serialized)
struct LocalSiteRunIntegrationTests {
    private final class Transcript: Sendable {
        private let lines = Mutex<[String]>([])
        var text: String { lines.withLock { $0.joined(separator: "\n") } }
        func say(_ line: String) { lines.withLock { $0.append(line) } }
    }

    /// Listens on the port that it is told, as a front does, until SIGTERM.
    private static let front = """
        #!/usr/bin/python3
        import os, signal, socket
        listener = socket.create_server(("127.0.0.1", int(os.environ["KEYFERRY_LISTEN_PORT"])))
        signal.pause()
        """

    private func plan(_ folder: TemporaryFolder, worker: String) throws -> SitePlan {
        let programs = folder.path + "/bin"
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
        let scripts = ["gateway": Self.front, "admin": Self.front, "worker": "#!/bin/sh\n" + worker]
        for (name, script) in scripts {
            let path = "\(programs)/keyferry-\(name)"
            try script.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        }
        return SitePlan(
            home: folder.path,
            binaries: programs,
            workerCount: 2,
            gatewayPort: try LoopbackPort.free(),
            adminPort: try LoopbackPort.free(),
            brokerPort: try LoopbackPort.free()
        )
    }

    private func hooks(_ transcript: Transcript) -> LocalSiteRun.Hooks {
        LocalSiteRun.Hooks(
            notReady: { _ in nil },
            ready: { _ in transcript.say("ready") },
            say: { transcript.say($0) }
        )
    }

    private func wait(for text: String, in transcript: Transcript) async throws {
        while !transcript.text.contains(text) { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test(.timeLimit(.minutes(2))) func runsUntilStoppedAndLeavesNothing() async throws {
        try await TemporaryFolder.with { folder in
            let plan = try plan(folder, worker: "exec sleep 600")
            let transcript = Transcript()
            let run = Task { try await LocalSiteRun.run(plan, hooks: hooks(transcript)) }
            try await wait(for: "ready", in: transcript)
            await #expect(throws: LocalSiteError(.alreadyRunning, "")) {
                try await LocalSiteRun.run(plan, hooks: hooks(Transcript()))
            }
            run.cancel()
            _ = await run.result
            for port in [plan.gatewayPort, plan.adminPort, plan.brokerPort] { #expect(LoopbackPort.isFree(port)) }
            #expect(transcript.text.hasSuffix("Stopping."))
        }
    }

    /// Ctrl-C at any moment of the start, and with workers that don't listen: what is promised to the person at the
    /// terminal is five seconds, and that nothing goes on running.
    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ("exec sleep 600", 0.05), ("exec sleep 600", 0.6), ("exec sleep 600", 2), ("exec sleep 600", 4),
            ("trap '' TERM; while :; do sleep 1; done", nil), ("kill -STOP $$; exec sleep 600", nil),
        ] as [(String, Double?)]
    )
    func stopsInTimeAtAnyMoment(worker: String, after seconds: Double?) async throws {
        try await TemporaryFolder.with { folder in
            let plan = try plan(folder, worker: worker)
            let transcript = Transcript()
            let run = Task { try await LocalSiteRun.run(plan, hooks: hooks(transcript)) }
            if let seconds {
                try await Task.sleep(for: .seconds(seconds))
            } else {
                try await wait(for: "ready", in: transcript)
            }
            let running = try processes(of: folder)
            if seconds != 0.05 { #expect(!running.isEmpty, "the search finds nothing") }
            // Else it would not be missed below either.
            let hasPortMapper = running.contains { $0.hasPrefix(BrokerNode.portMapperPath) }
            if seconds == nil { #expect(hasPortMapper, "the search does not find the port mapper: \(running)") }
            let begin = ContinuousClock.now
            run.cancel()
            _ = await run.result
            #expect(begin.duration(to: .now) < .seconds(5))
            let left = try await processesLeft(of: folder, until: begin + .seconds(5))
            #expect(left == [], "\(left)")
            for port in [plan.gatewayPort, plan.adminPort, plan.brokerPort] { #expect(LoopbackPort.isFree(port)) }
            #expect(transcript.text.hasSuffix("Stopping."))
        }
    }

    @Test(.timeLimit(.minutes(2))) func aWorkerThatEndsIsStartedAgain() async throws {
        try await TemporaryFolder.with { folder in
            let mark = folder.path + "/second"
            let plan = try plan(
                folder,
                worker: "if [ -e \(mark) ]; then exec sleep 600; fi; sleep 1; touch \(mark); exit 70"
            )
            let transcript = Transcript()
            let run = Task { try await LocalSiteRun.run(plan, hooks: hooks(transcript)) }
            try await wait(for: "worker-1 ended with code 70; starting it again.", in: transcript)
            try await Task.sleep(for: .seconds(1))
            run.cancel()
            _ = await run.result
            #expect(transcript.text.components(separatedBy: "worker-1 ended").count == 2)
        }
    }

    @Test(.timeLimit(.minutes(2))) func aRefusedPINEndsTheSiteWithTheWorkersOwnWords() async throws {
        try await TemporaryFolder.with { folder in
            let plan = try plan(folder, worker: "echo the token did not take the PIN; sleep 2; exit 77")
            do {
                try await LocalSiteRun.run(plan, hooks: hooks(Transcript()))
                Issue.record("the site went on")
            } catch let error as LocalSiteError {
                #expect(error.description.contains("ended with code 77: the token did not take the PIN"))
            }
        }
    }

    private struct Served: Error {}

    private static let refusal =
        "2026-11-28T09:13:56.110Z warning keyferry-worker: the broker refuses the user or the password in "
        + "broker.credentialsFile; tries again and again attempts=1 purpose=fleet"

    @Test(.timeLimit(.minutes(2))) func aBrokerThatRefusesIsSaidAtOnce() async throws {
        try await TemporaryFolder.with { folder in
            let plan = try plan(folder, worker: "echo '\(Self.refusal)'; exec sleep 600")
            let waiting = LocalSiteRun.Hooks(notReady: { _ in "nobody is heard" }, ready: { _ in }, say: { _ in })
            let begin = ContinuousClock.now
            do {
                try await LocalSiteRun.run(plan, hooks: waiting)
                Issue.record("the site started")
            } catch let error as LocalSiteError {
                #expect(error.code == .brokerRefuses)
                #expect(error.description.contains(plan.credentialsFile), "\(error)")
                #expect(!error.description.contains("\n"))
            }
            #expect(begin.duration(to: .now) < plan.startLimit)
        }
    }

    /// What was said at an earlier start is no reason now.
    @Test(.timeLimit(.minutes(2))) func anOldComplaintIsNone() async throws {
        try await TemporaryFolder.with { folder in
            let plan = try plan(folder, worker: "exec sleep 600")
            try FileManager.default.createDirectory(atPath: plan.logFolder, withIntermediateDirectories: true)
            try (Self.refusal + "\n").write(toFile: plan.logFile(of: .worker(1)), atomically: true, encoding: .utf8)
            let asked = Transcript()
            let waiting = LocalSiteRun.Hooks(
                notReady: { _ in
                    asked.say("again")
                    return asked.text.components(separatedBy: "again").count > 4 ? nil : "nobody is heard yet"
                },
                ready: { _ in throw Served() },
                say: { _ in }
            )
            await #expect(throws: Served.self) { try await LocalSiteRun.run(plan, hooks: waiting) }
        }
    }

    @Test(.timeLimit(.minutes(1))) func whatProcessesComplainOfIsNamed() async throws {
        try await TemporaryFolder.with { folder in
            let lines = [
                "warning keyferry-worker: a trifle", "error keyferry-worker: the store is damaged code=7",
                "info keyferry-worker: goes on",
            ]
            let script = lines.map { "echo '2026-11-28T09:13:56.110Z \($0)'" }.joined(separator: "; ")
            let plan = try plan(folder, worker: script + "; exec sleep 600")
            let log = plan.logFile(of: .worker(1))
            try FileManager.default.createDirectory(atPath: plan.logFolder, withIntermediateDirectories: true)
            try "2026-11-27T09:13:56.110Z critical keyferry-worker: of yesterday\n"
                .write(toFile: log, atomically: true, encoding: .utf8)
            let site = SiteProcesses(plan)
            try await site.start(.worker(1))
            while try !String(contentsOfFile: log, encoding: .utf8).contains("goes on") {
                try await Task.sleep(for: .milliseconds(20))
            }
            let error = await site.notReady("nobody is heard")
            #expect(error.code == .notReady)
            #expect(
                error.description
                    == "the site is not ready: nobody is heard; worker-1 says: the store is damaged code=7; see "
                    + plan.logFolder
            )
            await site.stopAll()
        }
    }

    @Test(.timeLimit(.minutes(2))) func aTakenPortIsNamed() async throws {
        try await TemporaryFolder.with { folder in
            var plan = try plan(folder, worker: "exec sleep 600")
            plan.adminPort = plan.gatewayPort
            let blocker = try ChildProcess(
                ProcessLaunch(
                    name: "blocker",
                    executable: plan.binaries + "/keyferry-gateway",
                    environment: ["KEYFERRY_LISTEN_PORT": "\(plan.gatewayPort)"],
                    folder: folder.path,
                    logFile: folder.path + "/blocker.log"
                )
            )
            while !LoopbackPort.accepts(plan.gatewayPort) { try await Task.sleep(for: .milliseconds(20)) }
            do {
                try await LocalSiteRun.run(plan, hooks: hooks(Transcript()))
                Issue.record("the site started")
            } catch let error as LocalSiteError {
                #expect(error.description == "port \(plan.gatewayPort) is in use; choose another (--port)")
            }
            await blocker.killNow()
        }
    }
}
