internal import HummingbirdCore
internal import Synchronization

/// How many connections are open, for the front's heartbeat; and the limit beyond which none is accepted.
final class OpenConnections: Sendable {
    private let current = Atomic<Int>(0)

    var count: Int { current.load(ordering: .relaxed) }

    func limited(to limit: Int) -> some AvailableConnectionsDelegate {
        Delegate(connections: self, limit: limit)
    }

    private struct Delegate: AvailableConnectionsDelegate {
        let connections: OpenConnections
        let limit: Int

        func connectionOpened() {
            connections.current.add(1, ordering: .relaxed)
        }

        func connectionClosed() {
            connections.current.subtract(1, ordering: .relaxed)
        }

        func isAcceptingNewConnections() -> Bool {
            connections.count < limit
        }
    }
}
