import NIOCore
import TLSTransport

/// The client's end of one connection: one request at a time, its outcome told to whoever sent it. It belongs to its event
/// loop.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var context: ChannelHandlerContext?
    private var received = ByteBuffer()
    private var waiting: ((LoadOutcome) -> Void)?
    private var onReady: ((Bool) -> Void)?
    /// Called once, when the connection has ended.
    var onEnd: (() -> Void)?
    private(set) var isOpen = false

    /// - Parameter onReady: called once: whether the handshake was done.
    init(onReady: @escaping (Bool) -> Void) {
        self.onReady = onReady
    }

    func send(_ request: ByteBuffer, _ done: @escaping (LoadOutcome) -> Void) {
        guard isOpen, let context else {
            done(.closed)
            return
        }
        waiting = done
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func close() {
        context?.close(promise: nil)
    }

    /// No connection came about.
    func fail() {
        end()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is TLSSession else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        isOpen = true
        take(&onReady)?(true)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        guard let size = LoadAnswer.size(of: received), let message = received.readSlice(length: size) else { return }
        received.discardReadBytes()
        take(&waiting)?(LoadAnswer.outcome(of: message))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
    }

    private func end() {
        isOpen = false
        take(&onReady)?(false)
        take(&waiting)?(.closed)
        take(&onEnd)?()
    }

    /// Each is called once, and may set another.
    private func take<Call>(_ call: inout Call?) -> Call? {
        defer { call = nil }
        return call
    }
}

@available(*, unavailable)
extension LoadConnection: Sendable {}
