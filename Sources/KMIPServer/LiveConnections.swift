internal import NIOCore
internal import Synchronization

/// The connections of a listener: counted from the moment they are accepted, known by peer after their handshake.
///
/// Whoever is not admitted has no right to a place: where there is none left, the oldest of those makes room. So no
/// number of connections that never finish a handshake, or that no client is behind, keeps a client out.
final class LiveConnections: Sendable {
    private struct Entry {
        let channel: any Channel
        var peer: ConnectionPeer?
    }

    private struct State {
        var entries: [ConnectionID: Entry] = [:]
        var waiting = WaitingConnections()
        var knownAddresses = RecentlySeen<String>(limit: 4096)
        var lastNumber: UInt64 = 0
        var isClosing = false
        var whenEmpty: [EventLoopPromise<Void>] = []
    }

    private let limit: Int
    /// Those that were told to make room take a moment to go.
    private let hardLimit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
        self.hardLimit = limit + max(limit / 8, 1)
    }

    var count: Int {
        state.withLock { $0.entries.count }
    }

    /// - Returns: nil if there are too many, or if all are being closed.
    func add(_ channel: any Channel) -> ConnectionID? {
        let (id, displaced) = state.withLock { state -> (ConnectionID?, (any Channel)?) in
            guard state.entries.count < hardLimit, !state.isClosing else { return (nil, nil) }
            var displaced: (any Channel)?
            if state.entries.count >= limit {
                guard let oldest = state.waiting.removeFirst() else { return (nil, nil) }
                displaced = state.entries[oldest]?.channel
            }
            state.lastNumber += 1
            let id = ConnectionID(number: state.lastNumber)
            state.entries[id] = Entry(channel: channel)
            state.waiting.append(id)
            return (id, displaced)
        }
        displaced?.triggerUserOutboundEvent(CloseRequest(reason: .displaced, urgency: .now), promise: nil)
        return id
    }

    /// To be called before anyone judges the peer: a certificate that is removed meanwhile is then found here.
    func identify(_ peer: ConnectionPeer) {
        state.withLock { $0.entries[peer.id]?.peer = peer }
    }

    /// The client is one that is served: its place is its own from now on.
    func admit(_ id: ConnectionID, address: String) {
        state.withLock { state in
            state.waiting.remove(id)
            state.knownAddresses.insert(address)
        }
    }

    /// Whether an admitted client has come from there, in the last while.
    func isKnown(address: String) -> Bool {
        state.withLock { $0.knownAddresses.contains(address) }
    }

    func remove(_ id: ConnectionID) {
        let waiting = state.withLock { state in
            state.entries[id] = nil
            state.waiting.remove(id)
            guard state.entries.isEmpty else { return [] as [EventLoopPromise<Void>] }
            defer { state.whenEmpty = [] }
            return state.whenEmpty
        }
        for promise in waiting {
            promise.succeed()
        }
    }

    /// - Returns: how many were told to close.
    func close(_ request: CloseRequest, where matches: (ConnectionPeer) -> Bool) -> Int {
        let channels = state.withLock { state in
            state.entries.values.filter { $0.peer.map(matches) ?? false }.map(\.channel)
        }
        for channel in channels {
            channel.triggerUserOutboundEvent(request, promise: nil)
        }
        return channels.count
    }

    /// Closes every connection, and takes no more.
    func closeAll(_ request: CloseRequest) {
        let channels = state.withLock { state in
            state.isClosing = true
            return state.entries.values.map(\.channel)
        }
        for channel in channels {
            channel.triggerUserOutboundEvent(request, promise: nil)
        }
    }

    /// Succeeds when there is no connection.
    func whenEmpty(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        let isEmpty = state.withLock { state in
            if !state.entries.isEmpty {
                state.whenEmpty.append(promise)
            }
            return state.entries.isEmpty
        }
        if isEmpty {
            promise.succeed()
        }
        return promise.futureResult
    }
}

/// The outbound event by which a connection is told to close.
struct CloseRequest: Sendable {
    let reason: KMIPCloseReason
    let urgency: ConnectionMachine.Urgency
}
