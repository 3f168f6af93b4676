import PipelineFixtures
import Synchronization

/// The clock of a worker under test: it stands still until it is moved, and can do something when it is read.
final class TestClock: Sendable {
    private struct State {
        var now = ServicesAuthority.now
        var readingsLeft = 0
        var action: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Milliseconds since 1970.
    var now: Int64 { state.withLock { $0.now } }

    func advance(byMilliseconds milliseconds: Int64) {
        state.withLock { $0.now += milliseconds }
    }

    /// Runs `action` at the reading of that number from now, the first being 1.
    func atReading(_ number: Int, _ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.readingsLeft = number
            state.action = action
        }
    }

    /// What the worker is given.
    func read() -> Int64 {
        let (now, action) = state.withLock { state -> (Int64, (@Sendable () -> Void)?) in
            guard state.readingsLeft > 0 else { return (state.now, nil) }
            state.readingsLeft -= 1
            guard state.readingsLeft == 0 else { return (state.now, nil) }
            defer { state.action = nil }
            return (state.now, state.action)
        }
        action?()
        return now
    }
}
