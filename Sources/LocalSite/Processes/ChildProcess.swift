import Glibc
import Synchronization

/// How a process ended.
package enum ProcessEnd: Sendable, Hashable, CustomStringConvertible {
    case exited(code: Int32)
    case killed(signal: Int32)

    package var description: String {
        switch self {
        case .exited(let code): "ended with code \(code)"
        case .killed(let signal): "was ended by signal \(signal)"
        }
    }
}

/// A process that was started here, and is ended here: by its own id, never by a name.
package final class ChildProcess: Sendable {
    package let launch: ProcessLaunch
    package let pid: Int32
    /// nil while the process runs. Signals are sent under this lock: once the process is reaped, its id may be another's.
    private let known = Mutex<ProcessEnd?>(nil)

    package init(_ launch: ProcessLaunch) throws(LocalSiteError) {
        self.launch = launch
        pid = try launch.spawn()
        LeftoverProcesses.add(pid)
    }

    /// nil while it runs.
    package var end: ProcessEnd? {
        known.withLock { known in
            if known == nil { known = reap() }
            return known
        }
    }

    package func send(_ signal: Int32) {
        known.withLock { known in
            if known == nil { known = reap() }
            if known == nil { kill(pid, signal) }
        }
    }

    /// Stops the process where it is: its connections stay open and nobody answers.
    package func pause() { send(SIGSTOP) }

    package func resume() { send(SIGCONT) }

    /// Ends the process and what it started at once, without a chance to tidy up.
    package func killNow() async {
        known.withLock { known in
            if known == nil { known = reap() }
            if known == nil { kill(-pid, SIGKILL) }
        }
        _ = await waitForEnd()
    }

    package func waitForEnd() async -> ProcessEnd {
        while true {
            if let end { return end }
            await Self.nap()
        }
    }

    /// Asks the process to end, and ends it if it has not after `limit`.
    @discardableResult
    package func stop(within limit: Duration) async -> ProcessEnd {
        send(SIGTERM)
        // A paused process takes the signal when it goes on.
        send(SIGCONT)
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let end { return end }
            await Self.nap()
        }
        await killNow()
        return await waitForEnd()
    }

    private func reap() -> ProcessEnd? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        LeftoverProcesses.remove(pid)
        // wait(2): the low seven bits are the signal, the next eight the exit code.
        let signal = status & 0x7F
        return signal == 0 ? .exited(code: (status >> 8) & 0xFF) : .killed(signal: signal)
    }

    /// Stopping goes on when the task that asked for it is cancelled: hence not `Task.sleep`, which would return at once.
    private static func nap() async {
        await withCheckedContinuation { continuation in
            Task.detached {
                try? await Task.sleep(for: .milliseconds(10))
                continuation.resume()
            }
        }
    }
}

/// The processes to end should this one exit without having stopped them, by an error in a test for one.
private enum LeftoverProcesses {
    private static let groups = Mutex<Set<pid_t>>([])
    private static let atExit: Void = {
        atexit {
            for group in LeftoverProcesses.groups.withLock({ $0 }) { kill(-group, SIGKILL) }
        }
    }()

    static func add(_ pid: pid_t) {
        _ = atExit
        groups.withLock { _ = $0.insert(pid) }
    }

    static func remove(_ pid: pid_t) {
        groups.withLock { _ = $0.remove(pid) }
    }
}
