import Synchronization

/// Lets so many in at a time; the others wait, the urgent ones in front, and of those only so many.
final class Turnstile: Sendable {
    private struct State {
        var free: Int
        var urgent: [CheckedContinuation<Bool, Never>] = []
        var others: [CheckedContinuation<Bool, Never>] = []
    }

    private let mostWaiting: Int
    private let state: Mutex<State>

    init(places: Int, mostWaiting: Int) {
        self.mostWaiting = mostWaiting
        state = Mutex(State(free: places))
    }

    var waitingCount: Int { state.withLock { $0.urgent.count + $0.others.count } }

    /// Waits for a place. Whoever got one must leave.
    ///
    /// - Returns: false, at once, where too many wait.
    func enter(isUrgent: Bool) async -> Bool {
        await withCheckedContinuation { waiter in
            let decided = state.withLock { state -> Bool? in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                guard isUrgent || state.others.count < mostWaiting else { return false }
                if isUrgent { state.urgent.append(waiter) } else { state.others.append(waiter) }
                return nil
            }
            if let decided { waiter.resume(returning: decided) }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if !state.urgent.isEmpty { return state.urgent.removeFirst() }
            if !state.others.isEmpty { return state.others.removeFirst() }
            state.free += 1
            return nil
        }
        next?.resume(returning: true)
    }
}
