internal import Cryptography
package import Logging
internal import Monitoring
package import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
package import TLSTransport

/// A KMIP endpoint: accepts connections, ends TLS, cuts the plaintext into request messages and has a
/// `KMIPRequestHandler` answer them.
///
/// Each connection gets one log line when it ends, with its address, the client certificate's fingerprint, and why.
package final class KMIPListener: Service {
    private let context: ServerContext
    private let tls: CurrentTLSContext
    private let eventLoopGroup: any EventLoopGroup
    private let onListening: (@Sendable (_ port: Int) async -> Void)?

    /// - Parameters:
    ///   - tls: a server's context; the one that is current when a connection begins serves it to its end.
    ///   - onListening: called by `run()` when connections are accepted.
    package init(
        configuration: KMIPServerConfiguration,
        tls: CurrentTLSContext,
        handler: any KMIPRequestHandler,
        eventLoopGroup: any EventLoopGroup,
        logger: Logger,
        onListening: (@Sendable (_ port: Int) async -> Void)? = nil
    ) {
        self.context = ServerContext(
            configuration: configuration,
            handler: handler,
            eventLoopGroup: eventLoopGroup,
            logger: logger
        )
        self.tls = tls
        self.eventLoopGroup = eventLoopGroup
        self.onListening = onListening
    }

    package var connectionCount: Int { context.connections.count }

    /// Closes the live connections whose peers match, in the middle of a request too. Connections in their handshake are
    /// left: they are judged after it.
    ///
    /// - Returns: how many were found.
    @discardableResult
    package func closeConnections(
        because reason: KMIPCloseReason,
        where matches: (ConnectionPeer) -> Bool
    ) -> Int {
        context.connections.close(CloseRequest(reason: reason, urgency: .now), where: matches)
    }

    /// Listens until the task is cancelled or the service group shuts down. Then no connection is accepted any more,
    /// those without a request close at once, the others after their response; after the grace period all are closed.
    ///
    /// - Throws: `KMIPServerError` if it cannot listen.
    package func run() async throws {
        let listening = try await listen()
        context.delays.start(eventLoopGroup)
        defer { context.delays.stop() }
        if let onListening {
            await onListening(listening.localAddress?.port ?? 0)
        }
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await listening.closeFuture.get()
        } onCancelOrGracefulShutdown: {
            listening.close(promise: nil)
        }
        try await drain(on: listening.eventLoop)
    }

    private func listen() async throws -> any Channel {
        let configuration = context.configuration
        let bootstrap = ServerBootstrap(group: eventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Connections are to wait here, where it is seen how long, and not in the kernel, where nothing is refused.
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // ConnectionHandler asks for what it wants.
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { [context, tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.prepare(channel, context: context, tls: tls.current)
                }
            }
        do {
            return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw KMIPServerError(listeningAt: configuration.host, port: configuration.port, failedWith: error)
        }
    }

    /// A failure closes the channel.
    private static func prepare(_ channel: any Channel, context: ServerContext, tls: TLSContext) throws {
        context.metrics.connectionAccepted()
        guard context.hasTime(for: channel) else {
            context.metrics.connectionWithoutTime()
            refuse(channel, context, .busy, "more handshakes than can be done in time")
            throw ChannelError.ioOnClosedChannel
        }
        guard let id = context.connections.add(channel) else {
            context.metrics.connectionOverLimit()
            let limit = context.configuration.maximumConnections
            refuse(channel, context, .displaced, "there are \(limit) connections, the limit, or the server stops")
            throw ChannelError.ioOnClosedChannel
        }
        do {
            let pipeline = channel.pipeline.syncOperations
            let configuration = TLSHandlerConfiguration(
                handshakeTimeout: context.configuration.handshakeTimeout,
                closeTimeout: context.configuration.closeTimeout,
                allowsHalfClosure: true,
                deliversOnDemand: true
            )
            let handler = try TLSHandler<SecretBox>(context: tls, configuration: configuration)
            try pipeline.addHandler(handler)
            try pipeline.addHandler(ConnectionHandler(id: id, server: context))
            context.connectionBegan()
        } catch {
            context.connectionEnded(id)
            throw error
        }
    }

    private static func refuse(
        _ channel: any Channel,
        _ context: ServerContext,
        _ code: KMIPCloseReason.Code,
        _ why: String
    ) {
        guard let unwritten = context.strangers.unwrittenLines(before: code, fingerprint: nil) else { return }
        let address = channel.remoteAddress?.ipAddress ?? "unknown"
        var metadata: Logger.Metadata = ["address": "\(address)"]
        if unwritten > 0 { metadata["unwritten"] = "\(unwritten)" }
        context.logger.warning("KMIP connection closed at once: \(why)", metadata: metadata)
    }

    private func drain(on eventLoop: any EventLoop) async throws {
        let connections = context.connections
        connections.closeAll(CloseRequest(reason: .shutdown, urgency: .afterResponse))
        let late = eventLoop.scheduleTask(in: context.configuration.shutdownGrace) {
            connections.closeAll(CloseRequest(reason: .shutdown, urgency: .now))
        }
        try await connections.whenEmpty(on: eventLoop).get()
        late.cancel()
    }
}
