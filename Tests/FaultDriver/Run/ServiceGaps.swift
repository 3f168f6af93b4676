import FaultChecker

/// When nobody was served: the times between one success and the next.
struct ServiceGaps {
    /// In order, by gateway; those of all under 0.
    private let successes: [Int: [Double]]

    init(_ history: [HistoryEntry]) {
        var successes: [Int: [Double]] = [:]
        for entry in history where entry.succeeded {
            successes[0, default: []].append(entry.answered)
            successes[entry.gateway, default: []].append(entry.answered)
        }
        self.successes = successes.mapValues { $0.sorted() }
    }

    /// The longest time without a success that has a part in this window.
    ///
    /// - Parameter gateway: 0 for all together.
    func longest(from start: Double, to end: Double, gateway: Int) -> Double {
        let all = successes[gateway] ?? []
        let before = all.last { $0 <= start } ?? start
        let after = all.first { $0 >= end } ?? end
        let moments = [before] + all.filter { $0 > start && $0 < end } + [after]
        return zip(moments, moments.dropFirst()).map { $1 - $0 }.max() ?? 0
    }
}
