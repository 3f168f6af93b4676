import Foundation
import Glibc
import Synchronization

/// A process that a test started; killed by its id when the test process ends, whatever happened before.
///
/// Foundation's `Process` is not used: a child started from a thread of Swift's pool inherits that thread's mask, in
/// which nearly every signal is blocked, and then neither ends at SIGTERM nor hears of its own children's end.
package final class ChildProcess: Sendable {
    package let pid: Int32
    /// What `waitpid` said, once the process has ended.
    private let status = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - environment: All of it: nothing is inherited.
    ///   - log: Where standard output and error go; nowhere if nil.
    package init(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String],
        log: String? = nil
    ) throws {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log ?? "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let argumentPointers = ([executable] + arguments).map { strdup($0) } + [nil]
        let environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var pid: Int32 = 0
        let code = posix_spawn(&pid, executable, &actions, &attributes, argumentPointers, environmentPointers)
        guard code == 0 else {
            throw TestServiceError("\(executable) does not start: \(String(cString: strerror(code)))")
        }
        self.pid = pid
        ExitCleanup.add(process: pid)
    }

    package var isRunning: Bool { waitStatus() == nil }

    /// The code it exited with; nil while it runs and if a signal ended it.
    package var exitCode: Int32? {
        guard let status = waitStatus(), status & 0x7F == 0 else { return nil }
        return (status >> 8) & 0xFF
    }

    package func signal(_ number: Int32) {
        // Under the lock: as long as nobody has waited for it, the id cannot belong to another process.
        status.withLock { status in
            if Self.collect(pid, &status) == nil { kill(pid, number) }
        }
    }

    /// Waits for the end.
    package func ended() async throws {
        while isRunning { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Ends the process, with SIGKILL after a limit.
    package func end(with number: Int32 = SIGTERM, killAfter limit: Duration = .seconds(10)) async {
        signal(number)
        signal(SIGCONT)
        let deadline = ContinuousClock.now + limit
        while isRunning {
            if ContinuousClock.now > deadline { signal(SIGKILL) }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Runs a command to its end.
    /// - Returns: What it printed.
    /// - Throws: `TestServiceError` with what it printed, if its exit code is not 0.
    @discardableResult
    package static func run(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        in folder: TemporaryFolder
    ) async throws -> String {
        let log = folder.file("\(UUID().uuidString).log")
        let basis = ["PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8"]
        let child = try ChildProcess(
            executable,
            arguments,
            environment: basis.merging(environment) { $1 },
            log: log
        )
        try await child.ended()
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard child.exitCode == 0 else { throw TestServiceError("\(executable) failed: \(output)") }
        return output
    }

    private func waitStatus() -> Int32? { status.withLock { Self.collect(pid, &$0) } }

    private static func collect(_ pid: Int32, _ status: inout Int32?) -> Int32? {
        var word: Int32 = 0
        if status == nil, waitpid(pid, &word, WNOHANG) == pid {
            status = word
            ExitCleanup.remove(process: pid)
        }
        return status
    }
}
