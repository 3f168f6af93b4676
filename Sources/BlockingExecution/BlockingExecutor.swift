import Dispatch
import Foundation
import Synchronization

/// Runs the jobs of one actor, one after the other, on a thread of its own.
///
/// For actors that call blocking C (a PKCS #11 module, a database engine): the calls block this thread and never one
/// of the few that Swift's cooperative pool has, and they always come from the same thread.
///
/// ```swift
/// actor TokenSessions {
///     private let executor = BlockingExecutor(name: "hsm")
///     nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
/// }
/// ```
///
/// The thread ends after the executor's last owner is gone.
package final class BlockingExecutor: SerialExecutor {
    /// A job, and a reference that keeps the executor alive until the job has run.
    private struct Entry: Sendable {
        let job: UnownedJob
        let executor: BlockingExecutor
    }

    private struct Line: Sendable {
        var entries: [Entry] = []
        var isClosed = false
    }

    /// What the thread holds on to: not the executor itself, so that the executor's end can end the thread.
    private final class Inbox: Sendable {
        let line = Mutex(Line())
        let arrivals = DispatchSemaphore(value: 0)
        /// Set by the thread itself before it runs its first job.
        let thread = Mutex<pthread_t?>(nil)
    }

    private let inbox = Inbox()

    /// - Parameter name: The thread's name for debuggers and `ps -T`; Linux shows 15 bytes of it.
    package init(name: String) {
        let thread = Thread { [inbox] in Self.work(inbox) }
        thread.name = name
        thread.start()
    }

    deinit {
        inbox.line.withLock { $0.isClosed = true }
        inbox.arrivals.signal()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let entry = Entry(job: UnownedJob(job), executor: self)
        inbox.line.withLock { $0.entries.append(entry) }
        inbox.arrivals.signal()
    }

    package func checkIsolated() {
        let owner = inbox.thread.withLock { $0 }
        precondition(owner == pthread_self(), "not on the thread of this executor")
    }

    private static func work(_ inbox: Inbox) {
        inbox.thread.withLock { $0 = pthread_self() }
        while true {
            inbox.arrivals.wait()
            let (entries, isClosed) = inbox.line.withLock { line in
                defer { line.entries.removeAll(keepingCapacity: true) }
                return (line.entries, line.isClosed)
            }
            for entry in entries {
                entry.job.runSynchronously(on: entry.executor.asUnownedSerialExecutor())
            }
            if isClosed { return }
        }
    }
}
