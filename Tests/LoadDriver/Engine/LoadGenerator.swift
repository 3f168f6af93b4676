package import NIOCore
import NIOPosix
package import TLSTransport

/// When requests are sent.
package enum LoadPace: Sendable {
    /// So many at a time: the next one when one is answered. Measures what a server can do.
    case closed(concurrency: Int)
    /// So many a second, whatever becomes of them: what a server meets whose clients do not wait for each other.
    case open(perSecond: Double)
    /// The same, at one rate after the other.
    case steps([LoadStep])
}

/// What one request of the load is.
package enum LoadKind: Sendable {
    /// A request on one of the standing connections.
    case standing
    /// A connection of its own with all of these messages on it, one after the other, as vCenter makes them.
    case visit([ByteBuffer])
}

/// Makes load from one thread.
package final class LoadGenerator: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loop: any EventLoop
    private let engine: NIOLoopBound<LoadEngine>

    /// - Parameters:
    ///   - tls: clients' contexts, taken in turn.
    ///   - requests: for standing connections, taken in turn; not empty.
    package static func make(target: LoadTarget, tls: [TLSContext], requests: [ByteBuffer]) async throws
        -> LoadGenerator
    {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let engine = try await loop.submit {
            NIOLoopBound(LoadEngine(loop: loop, target: target, tls: tls, requests: requests), eventLoop: loop)
        }.get()
        return LoadGenerator(group: group, loop: loop, engine: engine)
    }

    private init(group: MultiThreadedEventLoopGroup, loop: any EventLoop, engine: NIOLoopBound<LoadEngine>) {
        self.group = group
        self.loop = loop
        self.engine = engine
    }

    /// Opens standing connections, so many at a time.
    ///
    /// - Returns: how many could be opened.
    package func open(_ count: Int, atOnce: Int = 64) async throws -> Int {
        try await loop.flatSubmit { [engine] in engine.value.open(count, atOnce: atOnce) }.get()
    }

    /// How many standing connections are open.
    package func openCount() async throws -> Int {
        try await loop.submit { [engine] in engine.value.openCount }.get()
    }

    /// Sends for so long, then waits for what was sent, within `patience`.
    package func run(
        _ kind: LoadKind,
        _ pace: LoadPace,
        for duration: Duration,
        patience: Duration = .seconds(15)
    ) async throws -> LoadRecord {
        try await loop.flatSubmit { [engine] in
            engine.value.run(kind, pace, for: duration.timeAmount, patience: patience.timeAmount)
        }.get()
    }

    /// Sends one request on each of so many standing connections, spread over all of them.
    package func touch(_ count: Int) async throws -> LoadRecord {
        try await loop.flatSubmit { [engine] in engine.value.touch(count) }.get()
    }

    /// Closes the standing connections.
    package func closeConnections() async throws {
        try await loop.flatSubmit { [engine] in engine.value.closeConnections() }.get()
    }

    /// Ends it all.
    package func shutDown() async throws {
        try await closeConnections()
        try await group.shutdownGracefully()
    }
}

extension Duration {
    var timeAmount: TimeAmount {
        .nanoseconds(components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000)
    }
}
