internal import Metrics

/// What is measured of a key store. Belongs to the store's thread.
final class StoreMetrics {
    private let reads = Timer(label: "keyferry_store_read_duration_seconds")
    private let commits = Timer(label: "keyferry_store_commit_duration_seconds")
    private let errors: [StoreError.Code: Counter]

    /// Time spent in transactions.
    private(set) var busy = Duration.zero

    init() {
        let counters = StoreError.Code.allCases.map { code in
            let label = code.rawValue.replacing(" ", with: "_")
            return (code, Counter(label: "keyferry_store_errors_total", dimensions: [("code", label)]))
        }
        errors = Dictionary(uniqueKeysWithValues: counters)
    }

    func measuringRead<R>(_ body: () throws -> R) throws -> R {
        try measuring(reads, body)
    }

    func measuringWrite<R>(_ body: () throws -> R) throws -> R {
        try measuring(commits, body)
    }

    private func measuring<R>(_ timer: Timer, _ body: () throws -> R) throws -> R {
        let begin = ContinuousClock.now
        defer {
            let elapsed = begin.duration(to: .now)
            busy += elapsed
            timer.record(duration: elapsed)
        }
        do {
            return try body()
        } catch let error as StoreError {
            errors[error.code]?.increment()
            throw error
        }
    }
}
