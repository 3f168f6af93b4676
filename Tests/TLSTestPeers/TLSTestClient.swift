package import NIOCore
internal import NIOPosix
package import TLSTransport

/// A TLS client on loopback.
package final class TLSTestClient: Sendable {
    package let events: AsyncStream<PeerEvent>
    package let channel: any Channel

    package init(port: Int, _ configuration: TLSClientConfiguration) async throws {
        let context = try TLSContext(client: configuration)
        let (events, continuation) = AsyncStream<PeerEvent>.makeStream()
        self.events = events
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(TLSHandler<ByteBuffer>(context: context), name: "TLS")
                    try pipeline.addHandler(PeerRecorder<ByteBuffer>(events: continuation, echoes: false))
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
    }

    /// Waits for the handshake. Nil if it failed.
    package func session() async -> TLSSession? {
        for await event in events {
            if case .session(let session) = event { return session }
        }
        return nil
    }

    package func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends and waits until as many bytes have come back.
    package func exchange(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await send(bytes)
        return await receive(bytes.count)
    }

    /// Waits until this many bytes have come, or the end.
    package func receive(_ count: Int) async -> [UInt8] {
        var received: [UInt8] = []
        guard count > 0 else { return received }
        for await event in events {
            if case .received(let more) = event { received += more }
            if received.count >= count { break }
        }
        return received
    }

    package func close() async throws {
        try await channel.close()
    }

    /// All events until the connection has ended.
    package func untilEnd() async -> [PeerEvent] {
        await events.reduce(into: []) { $0.append($1) }
    }
}
