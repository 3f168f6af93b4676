import NIOCore
import NIOPosix
import TLSTestPeers
import TLSTransport

/// A TLS server on a free loopback port. Each connection's events come as one stream, in the order of connections.
final class TLSTestServer: Sendable {
    let port: Int
    let tls: CurrentTLSContext
    private let channel: any Channel
    private let connections: AsyncStream<AsyncStream<PeerEvent>>

    init<Plaintext: TLSPlaintext>(
        _ configuration: TLSServerConfiguration,
        plaintext: Plaintext.Type = ByteBuffer.self,
        handler: TLSHandlerConfiguration = TLSHandlerConfiguration(allowsHalfClosure: true)
    ) async throws {
        let tls = CurrentTLSContext(try TLSContext(server: configuration))
        let (connections, accepted) = AsyncStream<AsyncStream<PeerEvent>>.makeStream()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (events, continuation) = AsyncStream<PeerEvent>.makeStream()
                    accepted.yield(events)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(TLSHandler<Plaintext>(context: tls.current, configuration: handler))
                    try pipeline.addHandler(PeerRecorder<Plaintext>(events: continuation, echoes: true))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        self.tls = tls
        self.connections = connections
        port = channel.localAddress?.port ?? 0
    }

    deinit {
        channel.close(promise: nil)
    }

    /// All events of the next connection, once it has ended.
    func nextConnection() async -> [PeerEvent] {
        for await events in connections {
            return await events.reduce(into: []) { $0.append($1) }
        }
        return []
    }
}
