import FaultChecker
import Foundation
import Synchronization

/// Takes down what clients do and what they are told.
final class Recorder: Sendable {
    private struct State {
        var history: [HistoryEntry] = []
        var promisedCount = 0
        /// By gateway: when the last successful operation was invoked.
        var lastSuccess: [Int: Double] = [:]
        /// Of which there was a success.
        var kinds: Set<String> = []
        /// The system's time, in seconds since 1970, less `now`: the smallest and the largest that was seen, for the system's
        /// clock may be set in between.
        var offsets: ClosedRange<Double>?
        var isOver = false
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())

    /// Seconds since the start of the run.
    var now: Double { start.duration(to: .now) / .seconds(1) }

    var history: [HistoryEntry] { state.withLock { $0.history } }
    var promisedCount: Int { state.withLock { $0.promisedCount } }
    var isOver: Bool { state.withLock { $0.isOver } }
    /// Whether every kind of operation has succeeded.
    var hasSucceededInAll: Bool { state.withLock { $0.kinds.count == HistoryEntry.Kind.allCases.count } }

    /// Clients finish what they have begun, and stop.
    func end() { state.withLock { $0.isOver = true } }

    func record(_ entries: [HistoryEntry]) {
        let offset = Date().timeIntervalSince1970 - now
        state.withLock { state in
            state.history += entries
            let known = state.offsets ?? offset...offset
            state.offsets = min(known.lowerBound, offset)...max(known.upperBound, offset)
            for entry in entries where entry.succeeded {
                state.kinds.insert(entry.kind)
                if case .created = entry.outcome { state.promisedCount += 1 }
                state.lastSuccess[entry.gateway] = max(state.lastSuccess[entry.gateway] ?? 0, entry.invoked)
            }
        }
    }

    /// When it was, in seconds since the start of the run, while the system's clock showed this second since 1970.
    func moments(ofSecond second: Int64) -> ClosedRange<Double> {
        guard let offsets = state.withLock({ $0.offsets }) else { return -Double.infinity...Double.infinity }
        // Two clocks are not read in the same moment.
        let margin = 0.1
        return (Double(second) - offsets.upperBound - margin)...(Double(second + 1) - offsets.lowerBound + margin)
    }

    /// Whether every gateway has done something that was asked of it after `moment`.
    func hasSucceeded(onAll gateways: ClosedRange<Int>, after moment: Double) -> Bool {
        state.withLock { state in gateways.allSatisfy { (state.lastSuccess[$0] ?? 0) > moment } }
    }
}
