package import Cryptography
package import NIOCore
internal import NIOPosix
package import TLSTransport

/// A TLS connection to a KMIP server, closed when it is let go of. Requests may be made from any task; each is written at once, and answers come in
/// order.
package final class KMIPConnection: Sendable {
    /// What the handshake agreed on, the server's certificate among it.
    package let session: TLSSession
    private let channel: any Channel
    private let handler: NIOLoopBound<ExchangeHandler>

    private init(session: TLSSession, channel: any Channel, handler: NIOLoopBound<ExchangeHandler>) {
        self.session = session
        self.channel = channel
        self.handler = handler
    }

    deinit {
        channel.close(promise: nil)
    }

    /// Connects and makes the TLS handshake. With TLS 1.3 the server may yet refuse the client's certificate: that shows
    /// at the first request.
    ///
    /// - Parameter tls: a client's context.
    package static func connect(
        to options: KMIPConnectionOptions,
        tls: TLSContext,
        eventLoopGroup: any EventLoopGroup
    ) async throws(KMIPClientError) -> KMIPConnection {
        let eventLoop = eventLoopGroup.next()
        // By channel, for there is one for every address that the name has. It outlives a connection that fails at once.
        let handlers = NIOLoopBoundBox.makeBoxSendingValue(
            [Swift.ObjectIdentifier: ExchangeHandler](),
            eventLoop: eventLoop
        )
        let channel: any Channel
        do {
            channel = try await bootstrap(on: eventLoop, options, tls, handlers)
                .connect(host: options.host, port: options.port)
                .get()
        } catch let error as TLSError {
            throw KMIPClientError(channel: error)
        } catch {
            throw KMIPClientError(.cannotConnect, detail: "\(options.host) port \(options.port): \(error)")
        }
        do {
            let handler = try await eventLoop.submit {
                guard let handler = handlers.value[Swift.ObjectIdentifier(channel)] else {
                    throw KMIPClientError(.connectionClosed)
                }
                return NIOLoopBound(handler, eventLoop: eventLoop)
            }.get()
            let session = try await eventLoop.flatSubmit { handler.value.session }.get()
            return KMIPConnection(session: session, channel: channel, handler: handler)
        } catch {
            throw KMIPClientError(channel: error)
        }
    }

    private static func bootstrap(
        on eventLoop: any EventLoop,
        _ options: KMIPConnectionOptions,
        _ tls: TLSContext,
        _ handlers: NIOLoopBoundBox<[Swift.ObjectIdentifier: ExchangeHandler]>
    ) -> ClientBootstrap {
        ClientBootstrap(group: eventLoop)
            .connectTimeout(options.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let configuration = TLSHandlerConfiguration(handshakeTimeout: options.handshakeTimeout)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(TLSHandler<SecretBox>(context: tls, configuration: configuration))
                    let handler = ExchangeHandler(options: options, eventLoop: channel.eventLoop)
                    try pipeline.addHandler(handler)
                    handlers.value[Swift.ObjectIdentifier(channel)] = handler
                }
            }
    }

    /// Sends a whole request message and waits for the response message, both as they are on the wire. The task's
    /// cancellation ends the waiting, and the connection with it.
    package func exchange(_ request: SecretBox) async throws(KMIPClientError) -> SecretBox {
        do {
            return try await withTaskCancellationHandler {
                try await channel.eventLoop.flatSubmit { [handler, channel] in
                    handler.value.exchange(request, on: channel.eventLoop)
                }.get()
            } onCancel: { [channel] in
                channel.close(promise: nil)
            }
        } catch {
            throw KMIPClientError(channel: error)
        }
    }

    /// Whether neither side has closed it, as far as is known here.
    package var isOpen: Bool { channel.isActive }

    /// Closes in order. Requests that wait fail.
    package func close() async {
        // The one way to fail is that it is closed already.
        try? await channel.close()
    }
}
