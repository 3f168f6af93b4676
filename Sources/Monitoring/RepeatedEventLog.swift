internal import Synchronization

/// A `RepeatedEvent` by the present time, for several threads.
package final class RepeatedEventLog: Sendable {
    private let event: Mutex<RepeatedEvent>

    package init(interval: Duration = .seconds(60)) {
        event = Mutex(RepeatedEvent(interval: interval))
    }

    /// - Returns: how often since it was last told, if it is to be told now; else nil.
    package func happened() -> Int? {
        event.withLock { $0.happened() }
    }

    /// - Returns: whether it had happened since the last time that it was over.
    @discardableResult
    package func isOver() -> Bool {
        event.withLock { $0.isOver() }
    }
}
