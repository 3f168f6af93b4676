/// The values that were seen lately, so many at most: at least the last `limit` / 2 different ones are remembered.
struct RecentlySeen<Value: Hashable & Sendable>: Sendable {
    private let half: Int
    private var newer: Set<Value> = []
    private var older: Set<Value> = []

    init(limit: Int) {
        half = max(limit / 2, 1)
    }

    func contains(_ value: Value) -> Bool {
        newer.contains(value) || older.contains(value)
    }

    /// - Returns: whether it was not remembered.
    @discardableResult
    mutating func insert(_ value: Value) -> Bool {
        guard !newer.contains(value) else { return false }
        let isNew = !older.contains(value)
        if newer.count >= half { age() }
        newer.insert(value)
        return isNew
    }

    /// Forgets what was not seen since the last time.
    mutating func age() {
        older = newer
        newer = []
    }

    mutating func remove(_ value: Value) {
        newer.remove(value)
        older.remove(value)
    }
}
