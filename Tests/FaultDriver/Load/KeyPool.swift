import Synchronization

/// The keys that clients know of each other, and those that are to be read back by the other gateways at once.
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

    func add(_ keys: [Key], madeBy gateway: Int) {
        state.withLock { state in
            for key in keys {
                if state.recent.count < Self.recentCount {
                    state.recent.append(key)
                } else {
                    state.recent[state.next % Self.recentCount] = key
                    state.next += 1
                }
            }
            for other in gateways where other != gateway { state.toRead[other, default: []] += keys.map(\.identifier) }
        }
    }

    /// Keys that were acknowledged by another gateway a moment ago.
    func takeNewKeys(for gateway: Int, atMost count: Int) -> [String] {
        state.withLock { state in
            let waiting = state.toRead[gateway] ?? []
            state.toRead[gateway] = Array(waiting.dropFirst(count))
            return Array(waiting.prefix(count))
        }
    }

    func anyKeys(_ count: Int, _ generator: inout SeededGenerator) -> [Key] {
        let recent = state.withLock { $0.recent }
        return (0..<count).compactMap { _ in recent.randomElement(using: &generator) }
    }
}
