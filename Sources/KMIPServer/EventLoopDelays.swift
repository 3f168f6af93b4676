internal import NIOCore
internal import Synchronization

/// How far the event loops are behind with their work: the time between the moment at which a task is due and the moment
/// at which it runs. Handshakes are nearly all of the work that strangers can cause.
final class EventLoopDelays: Sendable {
    /// One loop's delay, as its task found it the last two times: one long pause of the whole process is no overload.
    private final class Gauge: Sendable {
        private struct State {
            var due: NIODeadline
            var last = TimeAmount.zero
            var before = TimeAmount.zero
        }

        private let state = Mutex(State(due: .now() + interval))

        var lesserOfTwo: TimeAmount { state.withLock { min($0.last, $0.before) } }

        func measure() {
            state.withLock { state in
                let now = NIODeadline.now()
                state.before = state.last
                state.last = now - state.due
                state.due = now + interval
            }
        }
    }

    private static let interval = TimeAmount.milliseconds(50)

    private let gauges: [Swift.ObjectIdentifier: Gauge]
    private let tasks = Mutex<[RepeatedTask]>([])

    init(_ group: any EventLoopGroup) {
        let loops = group.makeIterator().map { (Swift.ObjectIdentifier($0), Gauge()) }
        gauges = Dictionary(loops) { first, _ in first }
    }

    /// Measures until `stop`.
    func start(_ group: any EventLoopGroup) {
        for loop in group.makeIterator() {
            guard let gauge = gauges[Swift.ObjectIdentifier(loop)] else { continue }
            let task = loop.scheduleRepeatedTask(initialDelay: Self.interval, delay: Self.interval) { _ in
                gauge.measure()
            }
            tasks.withLock { $0.append(task) }
        }
    }

    func stop() {
        for task in tasks.withLock({ $0 }) {
            task.cancel()
        }
        tasks.withLock { $0 = [] }
    }

    func delay(of loop: any EventLoop) -> TimeAmount {
        gauges[Swift.ObjectIdentifier(loop)]?.lesserOfTwo ?? .zero
    }
}
