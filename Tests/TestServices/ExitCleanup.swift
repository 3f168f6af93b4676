import Foundation
import Glibc
import Synchronization

/// What is left to end and to remove when the test process exits: tests that fail or share a service do not clean up.
package enum ExitCleanup {
    private struct Left {
        var processes: Set<Int32> = []
        var folders: Set<String> = []
    }

    private static let left = Mutex(Left())
    private static let registration: Void = { atexit { ExitCleanup.run() } }()

    package static func add(process: Int32) {
        _ = registration
        left.withLock { _ = $0.processes.insert(process) }
    }

    package static func remove(process: Int32) { left.withLock { _ = $0.processes.remove(process) } }

    package static func add(folder: String) {
        _ = registration
        left.withLock { _ = $0.folders.insert(folder) }
    }

    package static func remove(folder: String) { left.withLock { _ = $0.folders.remove(folder) } }

    private static func run() {
        let left = left.withLock { $0 }
        for pid in left.processes { kill(pid, SIGKILL) }
        for folder in left.folders { try? FileManager.default.removeItem(atPath: folder) }
    }
}
