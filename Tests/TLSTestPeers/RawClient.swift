package import NIOCore
internal import NIOPosix

/// A TCP client without TLS: it sends what it is told and collects what comes.
package final class RawClient: Sendable {
    package let channel: any Channel

    package init(port: Int) async throws {
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .connect(host: "127.0.0.1", port: port)
            .get()
    }

    package func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    package func close() async throws {
        try await channel.close()
    }

    /// Waits until the other side has closed.
    package func waitForClose() async throws {
        try await channel.closeFuture.get()
    }
}
