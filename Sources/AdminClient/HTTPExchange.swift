package import NIOCore
package import NIOHTTP1

/// A request as an admin front takes it.
package struct HTTPSRequest: Sendable {
    package var method: HTTPMethod
    /// Path and query.
    package var target: String
    package var headers: HTTPHeaders
    package var body: ByteBuffer?

    package init(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders = [:],
        body: ByteBuffer? = nil
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }
}

/// The answer to it, whole.
package struct HTTPSResponse: Sendable {
    package let status: HTTPResponseStatus
    package let headers: HTTPHeaders
    package let body: ByteBuffer
}

/// Sends one request on its connection, and completes a promise with the answer or with the first thing that went
/// wrong. It closes the connection.
final class HTTPExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPSRequest
    private let maximumBodyByteCount: Int
    private let timeLimit: TimeAmount
    private var promise: EventLoopPromise<HTTPSResponse>?
    private var timer: Scheduled<Void>?
    private var head: HTTPResponseHead?
    private var body = ByteBuffer()

    init(
        _ request: HTTPSRequest,
        maximumBodyByteCount: Int,
        timeLimit: TimeAmount,
        promise: EventLoopPromise<HTTPSResponse>
    ) {
        self.request = request
        self.maximumBodyByteCount = maximumBodyByteCount
        self.timeLimit = timeLimit
        self.promise = promise
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeLimit) {
            self.finish(.failure(AdminClientError(.timedOut)), context: context)
        }
        if context.channel.isActive {
            send(context: context)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context: context)
        context.fireChannelActive()
    }

    /// The TLS handler keeps it until the handshake is done.
    private func send(context: ChannelHandlerContext) {
        let head = HTTPRequestHead(
            version: .http1_1,
            method: request.method,
            uri: request.target,
            headers: request.headers
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body = request.body {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(var part):
            guard body.readableBytes + part.readableBytes <= maximumBodyByteCount else {
                finish(.failure(AdminClientError(.unexpectedAnswer, detail: "it is too long")), context: context)
                return
            }
            body.writeBuffer(&part)
        case .end:
            guard let head else { return }
            finish(
                .success(HTTPSResponse(status: head.status, headers: head.headers, body: body)),
                context: context
            )
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(error), context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(AdminClientError(.connectionLost)), context: context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.failure(AdminClientError(.connectionLost)), context: context)
    }

    /// Counts once.
    private func finish(_ result: Result<HTTPSResponse, any Error>, context: ChannelHandlerContext) {
        guard let promise else { return }
        self.promise = nil
        timer?.cancel()
        timer = nil
        promise.completeWith(result)
        context.close(promise: nil)
    }
}
