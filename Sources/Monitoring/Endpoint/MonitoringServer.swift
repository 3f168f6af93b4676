package import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// The endpoint at which a process is seen from outside: `/healthz`, `/readyz` and `/metrics`, by HTTP/1.1.
///
/// It has a thread of its own, so that it answers when the rest of the process does not. It is meant for loopback: there is
/// no TLS and nobody is asked who he is, and what it tells is no secret. Everything is bounded: the number of connections,
/// the bytes that one may send, the time from its beginning to its end, whatever it does in it. A connection is for one
/// request.
package final class MonitoringServer: Sendable {
    package struct Limits: Sendable {
        /// At once; the next one is closed as it comes.
        package var connections = 16
        /// All that a connection sends.
        package var requestByteCount = 8_192
        /// From accept to close.
        package var connectionTime = TimeAmount.seconds(5)
        /// For an answer to `/healthz`: a process that takes longer is taken for dead.
        package var livenessTime = TimeAmount.seconds(3)

        package init() {}
    }

    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel

    private init(group: MultiThreadedEventLoopGroup, channel: any Channel) {
        self.group = group
        self.channel = channel
    }

    /// The port that it listens at.
    package var port: Int { channel.localAddress?.port ?? 0 }

    /// Begins to listen.
    ///
    /// - Parameter port: 0 for any that is free.
    /// - Throws: `MonitoringError`.
    package static func start(
        host: String,
        port: Int,
        subject: MonitoredProcess,
        limits: Limits = Limits()
    ) async throws -> MonitoringServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let count = ConnectionCount(limit: limits.connections)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 16)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel, count, subject, limits)
                }
            }
        do {
            return MonitoringServer(group: group, channel: try await bootstrap.bind(host: host, port: port).get())
        } catch {
            try? await group.shutdownGracefully()
            throw MonitoringError(listeningAt: host, port: port, failedWith: error)
        }
    }

    /// Stops listening, and ends the connections there are.
    package func stop() async {
        try? await channel.close()
        try? await group.shutdownGracefully()
    }

    private static func prepare(
        _ channel: any Channel,
        _ count: ConnectionCount,
        _ subject: MonitoredProcess,
        _ limits: Limits
    ) throws {
        guard count.enter() else { throw ChannelError.ioOnClosedChannel }
        channel.closeFuture.whenComplete { _ in count.leave() }
        let end = channel.eventLoop.scheduleTask(in: limits.connectionTime) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in end.cancel() }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(InputLimit(byteCount: limits.requestByteCount))
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: true)
        try pipeline.addHandler(MonitoringHandler(subject: subject, livenessTime: limits.livenessTime))
    }
}

/// How many connections there are.
private final class ConnectionCount: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    func enter() -> Bool {
        count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
    }

    func leave() {
        count.withLock { $0 -= 1 }
    }
}

/// Closes a connection that sends more than a question can have.
private final class InputLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private var left: Int

    init(byteCount: Int) {
        left = byteCount
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        left -= unwrapInboundIn(data).readableBytes
        guard left >= 0 else {
            context.close(promise: nil)
            return
        }
        context.fireChannelRead(data)
    }
}

@available(*, unavailable)
extension InputLimit: Sendable {}
