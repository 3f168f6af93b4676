internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import TLSTransport

/// Hummingbird's HTTP/1.1 over our TLS.
struct TLSChildChannel: ServerChildChannel {
    let http: HTTP1Channel
    let context: CurrentTLSContext

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            // Hummingbird's channels know half closure: a client may end its side once its request is written.
            let tls = try TLSHandler<ByteBuffer>(
                context: context.current,
                configuration: TLSHandlerConfiguration(allowsHalfClosure: true)
            )
            try channel.pipeline.syncOperations.addHandlers([tls, HalfClosure(), ConnectionIdentity(logger: logger)])
        }.flatMap {
            http.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await http.handle(value: value, logger: logger)
    }
}
