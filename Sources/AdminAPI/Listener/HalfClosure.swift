internal import NIOCore

/// Closes the connection when both of its halves are closed. A socket's channel does that by itself, and Hummingbird
/// relies on it; but the halves here are those of TLS, which end by close_notify and not with the socket's.
final class HalfClosure: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var isInputClosed = false
    private var isOutputClosed = false

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            isInputClosed = true
        }
        context.fireUserInboundEventTriggered(event)
        closeIfDone(context: context)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            isOutputClosed = true
        }
        context.close(mode: mode, promise: promise)
        closeIfDone(context: context)
    }

    private func closeIfDone(context: ChannelHandlerContext) {
        if isInputClosed, isOutputClosed {
            context.close(promise: nil)
        }
    }
}
