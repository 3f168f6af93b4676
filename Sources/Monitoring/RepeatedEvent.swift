/// Keeps a log readable when the same thing is wrong again and again: the first time is told, then at most once in an
/// interval, with how often it was since. No clock: times are passed in.
package struct RepeatedEvent: Sendable {
    private let interval: Duration
    private var told: ContinuousClock.Instant?
    private var untold = 0

    package init(interval: Duration = .seconds(60)) {
        self.interval = interval
    }

    /// It happened.
    ///
    /// - Returns: how often since it was last told, this time included, if it is to be told now; else nil.
    package mutating func happened(at now: ContinuousClock.Instant = .now) -> Int? {
        untold += 1
        if let told, now - told < interval { return nil }
        told = now
        defer { untold = 0 }
        return untold
    }

    /// It is over: the next time is a first time.
    ///
    /// - Returns: whether it had happened since the last time that it was over.
    @discardableResult
    package mutating func isOver() -> Bool {
        defer {
            told = nil
            untold = 0
        }
        return told != nil
    }
}
