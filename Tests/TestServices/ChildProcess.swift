import Foundation
import Glibc
import Synchronization

/// A process that a test started; killed by its id when the test process ends, whatever happened before.
package final class ChildProcess: Sendable {
    private let process: Mutex<Process>
    package let pid: Int32

    /// - Parameters:
    ///   - environment: All of it: nothing is inherited.
    ///   - log: Where standard output and error go; nowhere if nil.
    package init(_ executable: String, _ arguments: [String], environment: [String: String], log: String? = nil) throws
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        var output = FileHandle.nullDevice
        if let log {
            _ = FileManager.default.createFile(atPath: log, contents: nil)
            output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        pid = process.processIdentifier
        self.process = Mutex(process)
        ExitCleanup.add(process: pid)
    }

    package var isRunning: Bool { process.withLock { $0.isRunning } }

    package func signal(_ number: Int32) { if isRunning { kill(pid, number) } }

    /// Waits for the end, with SIGKILL after a limit.
    package func end(with number: Int32 = SIGTERM, killAfter limit: Duration = .seconds(10)) async {
        signal(number)
        signal(SIGCONT)
        let deadline = ContinuousClock.now + limit
        while isRunning {
            if ContinuousClock.now > deadline { signal(SIGKILL) }
            try? await Task.sleep(for: .milliseconds(20))
        }
        ExitCleanup.remove(process: pid)
    }

    /// Runs a command to its end.
    /// - Returns: Its output.
    @discardableResult
    package static func run(_ executable: String, _ arguments: [String], in folder: TemporaryFolder) async throws
        -> String
    {
        let log = folder.file("\(UUID().uuidString).log")
        let child = try ChildProcess(
            executable,
            arguments,
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path],
            log: log
        )
        while child.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        ExitCleanup.remove(process: child.pid)
        let output = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        guard child.process.withLock({ $0.terminationStatus }) == 0 else {
            throw TestServiceError("\(executable) failed: \(output)")
        }
        return output
    }
}
