import FaultChecker
import Synchronization

/// Takes down what clients do and what they are told.
final class Recorder: Sendable {
    private struct State {
        var history: [HistoryEntry] = []
        var promisedCount = 0
        /// By gateway: when the last successful operation was invoked.
        var lastSuccess: [Int: Double] = [:]
        var isOver = false
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Seconds since the start of the run.
    var now: Double { start.duration(to: .now) / .seconds(1) }

    var history: [HistoryEntry] { state.withLock { $0.history } }
    var promisedCount: Int { state.withLock { $0.promisedCount } }
    var isOver: Bool { state.withLock { $0.isOver } }

    /// Clients finish what they have begun, and stop.
    func end() { state.withLock { $0.isOver = true } }

    func record(_ entries: [HistoryEntry]) {
        state.withLock { state in
            state.history += entries
            for entry in entries where entry.succeeded {
                if case .created = entry.outcome { state.promisedCount += 1 }
                state.lastSuccess[entry.gateway] = max(state.lastSuccess[entry.gateway] ?? 0, entry.invoked)
            }
        }
    }

    /// Whether every gateway has done something that was asked of it after `moment`.
    func hasSucceeded(onAll gateways: ClosedRange<Int>, after moment: Double) -> Bool {
        state.withLock { state in gateways.allSatisfy { (state.lastSuccess[$0] ?? 0) > moment } }
    }
}
