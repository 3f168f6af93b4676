import Foundation
import Synchronization

/// Looks at the memory of processes twice a second, and keeps the most.
package final class MemoryWatch: Sendable {
    private let most = Mutex<[String: Double]>([:])
    private let pids: [String: Int32]
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameter pids: by name.
    package init(_ pids: [String: Int32]) {
        self.pids = pids
        task.withLock { task in
            task = Task { [weak self] in
                while !Task.isCancelled {
                    self?.look()
                    try? await Task.sleep(for: .milliseconds(500))
                }
            }
        }
    }

    /// - Returns: the most that each had, in MiB.
    package func end() -> [String: Double] {
        task.withLock { $0?.cancel() }
        look()
        return most.withLock { $0 }
    }

    private func look() {
        for (name, pid) in pids {
            guard let figures = try? ProcessFigures(of: pid) else { continue }
            most.withLock { $0[name] = max($0[name] ?? 0, figures.residentMiB) }
        }
    }
}
