import Synchronization

/// The keys that clients know of each other, and those that are to be read back by every gateway at once.
final class KeyPool: Sendable {
    struct Key: Sendable {
        let serial: String
        let identifier: String
    }

    private struct State {
        var recent: [Key] = []
        var next = 0
        /// By gateway.
        var toRead: [Int: [String]] = [:]
    }

    /// So many are in everyone's reach: few enough for clients to meet at the same key.
    private static let recentCount = 400
    private let gateways: ClosedRange<Int>
    private let state = Mutex(State())

    init(gateways: ClosedRange<Int>) {
        self.gateways = gateways
    }

    func add(_ keys: [Key]) {
        state.withLock { state in
            for key in keys {
                if state.recent.count < Self.recentCount {
                    state.recent.append(key)
                } else {
                    state.recent[state.next % Self.recentCount] = key
                    state.next += 1
                }
            }
            for gateway in gateways { state.toRead[gateway, default: []] += keys.map(\.identifier) }
        }
    }

    /// Keys that were taken to be read, and of which nothing certain came back: they are to be read again.
    func putBack(_ identifiers: [String], for gateway: Int) {
        guard !identifiers.isEmpty else { return }
        state.withLock { $0.toRead[gateway, default: []] += identifiers }
    }

    /// Keys that were acknowledged a moment ago.
    func takeNewKeys(for gateway: Int, atMost count: Int) -> [String] {
        state.withLock { state in
            let waiting = state.toRead[gateway] ?? []
            state.toRead[gateway] = Array(waiting.dropFirst(count))
            return Array(waiting.prefix(count))
        }
    }

    func anyKeys(_ count: Int, _ generator: inout SeededGenerator) -> [Key] {
        let recent = state.withLock { $0.recent }
        // Each once: the audit trail counts requests.
        var seen: Set<String> = []
        return (0..<count).compactMap { _ in recent.randomElement(using: &generator) }
            .filter { seen.insert($0.identifier).inserted }
    }
}
