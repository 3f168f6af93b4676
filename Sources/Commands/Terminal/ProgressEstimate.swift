/// How fast work goes, and when it will be done, from what was done when.
struct ProgressEstimate: Sendable {
    /// What the rate is taken from: work that others slow down or speed up shows it soon.
    static let window = Duration.seconds(20)

    private(set) var done: Int
    private(set) var total: Int
    private var samples: [(instant: ContinuousClock.Instant, done: Int)]

    /// - Parameter done: what was done before anyone looked; it does not count for the rate.
    init(done: Int, of total: Int, at instant: ContinuousClock.Instant) {
        self.done = done
        self.total = total
        samples = [(instant, done)]
    }

    mutating func record(done: Int, of total: Int, at instant: ContinuousClock.Instant) {
        // Work that went back has begun anew: what was seen before says nothing about its rate.
        if done < self.done { samples = [] }
        self.done = done
        self.total = total
        // One sample older than the window is kept, to measure from.
        while samples.count > 1, samples[1].instant.duration(to: instant) >= Self.window {
            samples.removeFirst()
        }
        // The first sample and those a tenth of a second apart are enough, however often it is called.
        if let last = samples.last, samples.count > 1, last.instant.duration(to: instant) < .milliseconds(100) {
            samples[samples.count - 1] = (instant, done)
        } else {
            samples.append((instant, done))
        }
    }

    /// 0 to 1; 1 if there is nothing to do.
    var fraction: Double {
        total > 0 ? min(max(Double(done) / Double(total), 0), 1) : 1
    }

    /// Per second; nil until it is known.
    var rate: Double? {
        guard let first = samples.first, let last = samples.last else { return nil }
        let elapsed = first.instant.duration(to: last.instant) / .seconds(1)
        guard elapsed >= 0.5 else { return nil }
        return Double(last.done - first.done) / elapsed
    }

    /// Nil while there is no rate, and while nothing moves.
    var timeLeft: Duration? {
        guard let rate, rate > 0 else { return nil }
        return .seconds(Double(max(total - done, 0)) / rate)
    }
}
