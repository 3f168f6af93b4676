import Foundation
import Glibc
import Testing

@testable import LocalSite

@Suite struct ChildProcessTests {
    private func shell(_ script: String, in folder: TemporaryFolder) throws -> ChildProcess {
        try ChildProcess(
            ProcessLaunch(
                name: "shell",
                executable: "/bin/sh",
                arguments: ["-c", script],
                environment: ["GREETING": "hello"],
                folder: folder.path,
                logFile: folder.path + "/log"
            )
        )
    }

    @Test func endIsTold() async throws {
        try await TemporaryFolder.with { folder in
            let exiting = try shell("exit 77", in: folder)
            #expect(await exiting.waitForEnd() == .exited(code: 77))
            let killed = try shell("kill -9 $$", in: folder)
            #expect(await killed.waitForEnd() == .killed(signal: SIGKILL))
        }
    }

    @Test func outputGoesToTheLogAndNothingIsInherited() async throws {
        try await TemporaryFolder.with { folder in
            setenv("KEYFERRY_INHERITED", "yes", 1)
            let script = #"echo "$GREETING,$KEYFERRY_INHERITED,$(ls /proc/self/fd | wc -l)"; echo oops >&2"#
            _ = await (try shell(script, in: folder)).waitForEnd()
            // Three standard files, and the folder that ls itself has open.
            #expect(try String(contentsOfFile: folder.path + "/log", encoding: .utf8) == "hello,,4\noops\n")
        }
    }

    @Test func whatDoesNotStopIsKilledWithItsChildren() async throws {
        try await TemporaryFolder.with { folder in
            let child = try shell("trap '' TERM; sleep 60 & echo $!; wait; wait", in: folder)
            while try String(contentsOfFile: folder.path + "/log", encoding: .utf8).isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(await child.stop(within: .milliseconds(200)) == .killed(signal: SIGKILL))
            let sleeper = try #require(
                Int32(try String(contentsOfFile: folder.path + "/log", encoding: .utf8).dropLast())
            )
            // The orphan's new parent reaps it in its own time; until then it is a zombie, which runs nothing.
            let status = try? String(contentsOfFile: "/proc/\(sleeper)/stat", encoding: .utf8)
            #expect(status == nil || status?.contains(") Z ") == true)
        }
    }

    @Test func aPausedProcessStopsToo() async throws {
        try await TemporaryFolder.with { folder in
            let child = try shell("sleep 60", in: folder)
            child.pause()
            #expect(await child.stop(within: .seconds(5)) == .killed(signal: SIGTERM))
        }
    }

    @Test func aMissingProgramIsNamed() async throws {
        try await TemporaryFolder.with { folder in
            _ = #expect(throws: LocalSiteError(.notInstalled, "")) {
                try ChildProcess(
                    ProcessLaunch(
                        name: "none",
                        executable: "/nonexistent",
                        arguments: [],
                        environment: [:],
                        folder: folder.path,
                        logFile: folder.path + "/log"
                    )
                )
            }
        }
    }
}
