import NIOCore
import NIOPosix
import Synchronization

/// Passes TCP connections on to a front, and loses those that are open when it is told to.
package final class LossyWire: Sendable {
    package let port: Int
    private let listener: any Channel
    private let ends: OpenEnds

    package init(to target: Int) async throws {
        let ends = OpenEnds()
        self.ends = ends
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                ends.add(client)
                return Self.connect(client, to: target)
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        port = listener.localAddress?.port ?? 0
    }

    /// Returns when nothing can get through any more.
    package func lose() async {
        for client in ends.taken() { try? await client.close() }
    }

    package func close() async {
        try? await listener.close()
        await lose()
    }

    private static func connect(_ client: any Channel, to target: Int) -> EventLoopFuture<Void> {
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: target)
            .flatMapThrowing { front in
                try client.pipeline.syncOperations.addHandler(PassingHandler(to: front))
                try front.pipeline.syncOperations.addHandler(PassingHandler(to: client))
                for channel in [client, front] {
                    channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
                }
            }
            .flatMapErrorThrowing { error in
                client.close(promise: nil)
                throw error
            }
    }
}

/// The clients' ends of connections.
private final class OpenEnds: Sendable {
    private let channels = Mutex<[any Channel]>([])

    func add(_ channel: any Channel) {
        channels.withLock { $0.append(channel) }
    }

    func taken() -> [any Channel] {
        channels.withLock { channels in
            let all = channels
            channels = []
            return all
        }
    }
}

/// Writes what it reads to the other connection, which it closes with its own.
private final class PassingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) {
        self.other = other
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        other.close(promise: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension PassingHandler: Sendable {}
