internal import CoreMetrics
internal import Synchronization

/// One series of a metric: what is recorded on the way of a request, and read for a scrape.
protocol MetricInstrument: AnyObject, Sendable {
    var sample: MetricSample { get }
}

/// What a series says at one moment.
enum MetricSample: Equatable {
    case number(Double)
    /// - Parameters:
    ///   - counts: of each bound's own values, without those of the bounds below; the last one is of all above.
    case histogram(counts: [UInt64], sum: Double)
}

/// A number behind one atomic word.
private struct AtomicNumber: ~Copyable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let (exchanged, original) = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}

final class CounterInstrument: MetricInstrument, CounterHandler, FloatingPointCounterHandler {
    private let number = AtomicNumber()

    var sample: MetricSample { .number(number.value) }

    func increment(by amount: Int64) {
        increment(by: Double(amount))
    }

    /// A counter only ever grows: other amounts are not counted.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        number.add(amount)
    }

    func reset() {
        number.set(0)
    }
}

final class GaugeInstrument: MetricInstrument, RecorderHandler, MeterHandler {
    private let number = AtomicNumber()

    var sample: MetricSample { .number(number.value) }

    func record(_ value: Int64) { number.set(Double(value)) }
    func record(_ value: Double) { number.set(value) }
    func set(_ value: Int64) { number.set(Double(value)) }
    func set(_ value: Double) { number.set(value) }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }
}

final class HistogramInstrument: MetricInstrument, RecorderHandler, TimerHandler {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: [UInt64](repeating: 0, count: bounds.count + 1)))
    }

    var sample: MetricSample {
        state.withLock { .histogram(counts: $0.counts, sum: $0.sum) }
    }

    func record(_ value: Int64) {
        record(Double(value))
    }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        // A value that equals a bound is counted in it: "le".
        let position = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[position] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) {
        record(Double(duration) / 1e9)
    }
}
