/// What became of the requests of one run.
package struct LoadRecord: Sendable {
    package struct Sample: Sendable {
        /// When it was to be sent, since the run's beginning, in nanoseconds.
        package let intended: Int64
        /// From then to its end: a request that was sent late because something before it took long has waited, too.
        package let latency: Int64
        package let outcome: LoadOutcome
    }

    package internal(set) var samples: [Sample] = []
    /// Not sent, for want of a free connection: the generator's own limit, which no server is to blame for.
    package internal(set) var unsent = 0
    /// How long requests were sent, in seconds.
    package internal(set) var seconds = 0.0

    package func count(_ outcome: LoadOutcome) -> Int {
        samples.count { $0.outcome == outcome }
    }

    /// Successes a second.
    package var rate: Double {
        seconds > 0 ? Double(count(.success)) / seconds : 0
    }

    /// The part whose requests were to be sent within these seconds of the run.
    package func part(_ seconds: Range<Double>) -> LoadRecord {
        var part = LoadRecord()
        part.seconds = seconds.upperBound - seconds.lowerBound
        part.samples = samples.filter { seconds.contains(Double($0.intended) / 1_000_000_000) }
        return part
    }

    package func latencies(_ outcome: LoadOutcome) -> Latencies {
        Latencies(samples.filter { $0.outcome == outcome }.map(\.latency))
    }
}

/// Latencies in milliseconds.
package struct Latencies: Sendable, Encodable {
    package let count: Int
    package let median: Double
    package let p99: Double
    package let longest: Double

    /// - Parameter nanoseconds: in any order.
    package init(_ nanoseconds: [Int64]) {
        let sorted = nanoseconds.sorted()
        func at(_ part: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            let index = min(sorted.count - 1, Int((Double(sorted.count) * part).rounded(.down)))
            return Double(sorted[index]) / 1_000_000
        }
        count = sorted.count
        median = at(0.5)
        p99 = at(0.99)
        longest = at(1)
    }
}
