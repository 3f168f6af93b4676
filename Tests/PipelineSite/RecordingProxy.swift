import NIOCore
import NIOPosix
import Synchronization

/// Passes TCP connections on to a port of loopback, and keeps all that is said in both directions.
package final class RecordingProxy: Sendable {
    package let port: UInt16
    private let listener: any Channel
    private let record: TrafficRecord

    package init(to target: UInt16) async throws {
        let record = TrafficRecord()
        self.record = record
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                Self.connect(client, to: target, record)
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        guard let port = listener.localAddress?.port else { throw PipelineSiteError("the proxy has no port") }
        self.port = UInt16(port)
    }

    /// Connections that are open go on until one of their ends closes.
    package func close() async {
        try? await listener.close()
    }

    /// The bytes of every connection and direction, each in order.
    package var streams: [[UInt8]] { record.streams }

    private static func connect(
        _ client: any Channel,
        to target: UInt16,
        _ record: TrafficRecord
    ) -> EventLoopFuture<Void> {
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .connect(host: "127.0.0.1", port: Int(target))
            .flatMapThrowing { server in
                try client.pipeline.syncOperations.addHandler(PassingHandler(to: server, record.newStream()))
                try server.pipeline.syncOperations.addHandler(PassingHandler(to: client, record.newStream()))
                for channel in [client, server] {
                    channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
                }
            }
            .flatMapErrorThrowing { error in
                // The broker is down: so is, for the client, this port.
                client.close(promise: nil)
                throw error
            }
    }
}

/// What was said, by connection and direction.
private final class TrafficRecord: Sendable {
    private let all = Mutex<[[UInt8]]>([])

    var streams: [[UInt8]] { all.withLock { $0 } }

    /// - Returns: takes what is said from now on.
    func newStream() -> @Sendable (ByteBuffer) -> Void {
        let index = all.withLock { streams in
            streams.append([])
            return streams.count - 1
        }
        return { bytes in
            self.all.withLock { $0[index].append(contentsOf: bytes.readableBytesView) }
        }
    }
}

/// Writes what it reads to the other connection, which it closes with its own.
private final class PassingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel
    private let record: @Sendable (ByteBuffer) -> Void

    init(to other: any Channel, _ record: @escaping @Sendable (ByteBuffer) -> Void) {
        self.other = other
        self.record = record
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        record(bytes)
        other.writeAndFlush(bytes, promise: nil)
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
