internal import Cryptography
internal import KMIPFraming
internal import NIOCore
internal import TLSTransport

/// Gives every request its response: a server answers in order, so the first that waits is the one that is meant.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = SecretBox
    typealias OutboundOut = SecretBox

    private struct Waiting {
        let promise: EventLoopPromise<SecretBox>
        let timer: Scheduled<Void>
    }

    private let options: KMIPConnectionOptions
    private var assembler: KMIPFrameAssembler
    private var waiting = CircularBuffer<Waiting>()
    private var context: ChannelHandlerContext?
    private let handshake: EventLoopPromise<TLSSession>
    private var failure: KMIPClientError?

    init(options: KMIPConnectionOptions, eventLoop: any EventLoop) {
        self.options = options
        self.handshake = eventLoop.makePromise()
        self.assembler = KMIPFrameAssembler(of: .response, maximumByteCount: options.maximumResponseByteCount)
    }

    /// What the handshake agreed on, or why it failed.
    var session: EventLoopFuture<TLSSession> { handshake.futureResult }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        end(KMIPClientError(.connectionClosed))
    }

    /// On the channel's event loop.
    func exchange(_ request: SecretBox, on eventLoop: any EventLoop) -> EventLoopFuture<SecretBox> {
        guard failure == nil, let context else {
            return eventLoop.makeFailedFuture(failure ?? KMIPClientError(.connectionClosed))
        }
        let promise = eventLoop.makePromise(of: SecretBox.self)
        let timer = eventLoop.assumeIsolated().scheduleTask(in: options.responseTimeout) { [self] in
            fail(KMIPClientError(.timedOut))
        }
        waiting.append(Waiting(promise: promise, timer: timer))
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
        return promise.futureResult
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let session = event as? TLSSession else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        handshake.succeed(session)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard failure == nil else { return }
        assembler.append(unwrapInboundIn(data))
        do {
            while let response = try assembler.next() {
                guard let first = waiting.popFirst() else {
                    fail(KMIPClientError(.invalidResponse, detail: "an answer that nobody asked for"))
                    return
                }
                first.timer.cancel()
                first.promise.succeed(response)
            }
        } catch {
            fail(KMIPClientError(framing: error))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(KMIPClientError(channel: error))
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(KMIPClientError(.connectionClosed))
        context.fireChannelInactive()
    }

    private func fail(_ error: KMIPClientError) {
        end(error)
        context?.close(promise: nil)
    }

    /// The first reason counts.
    private func end(_ error: KMIPClientError) {
        guard failure == nil else { return }
        failure = error
        // Of no effect after the handshake.
        handshake.fail(error)
        while let next = waiting.popFirst() {
            next.timer.cancel()
            next.promise.fail(error)
        }
    }
}

@available(*, unavailable)
extension ExchangeHandler: Sendable {}
