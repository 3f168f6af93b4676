internal import NIOCore
internal import NIOHTTP1

/// Answers the one request of a connection.
final class MonitoringHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private struct Answer {
        let status: HTTPResponseStatus
        let body: String
        var contentType = "text/plain; charset=utf-8"
        var allow: String?
    }

    private let subject: MonitoredProcess
    private let livenessTime: TimeAmount
    private var request: HTTPRequestHead?
    private var isAnswered = false

    init(subject: MonitoredProcess, livenessTime: TimeAmount) {
        self.subject = subject
        self.livenessTime = livenessTime
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // A body is nothing that we wait for, and a second request is not answered.
        guard case .head(let head) = unwrapInboundIn(data), request == nil else { return }
        request = head
        guard head.method == .GET || head.method == .HEAD else {
            answer(Answer(status: .methodNotAllowed, body: "GET or HEAD\n", allow: "GET, HEAD"), context)
            return
        }
        switch head.uri.prefix(while: { $0 != "?" }) {
        case "/healthz":
            askWhetherAlive(context)
        case "/readyz":
            answer(Self.health(subject.health.whyNotReady(), yes: "ready", no: "not ready"), context)
        case "/metrics":
            let text = subject.metrics()
            answer(Answer(status: .ok, body: text, contentType: ExpositionText.contentType), context)
        default:
            answer(Answer(status: .notFound, body: "/healthz, /readyz or /metrics\n"), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func askWhetherAlive(_ context: ChannelHandlerContext) {
        let health = subject.health
        let late = context.eventLoop.assumeIsolated().scheduleTask(in: livenessTime) { [self] in
            answer(Self.health("its loops do not turn", yes: "", no: "not alive"), context)
        }
        context.eventLoop.makeFutureWithTask { await health.whyNotAlive() }
            .assumeIsolated()
            .whenSuccess { [self] reason in
                late.cancel()
                answer(Self.health(reason, yes: "alive", no: "not alive"), context)
            }
    }

    private static func health(_ reason: String?, yes: String, no: String) -> Answer {
        guard let reason else { return Answer(status: .ok, body: yes + "\n") }
        let line = reason.split(whereSeparator: \.isNewline).joined(separator: " ")
        return Answer(status: .serviceUnavailable, body: "\(no): \(line)\n")
    }

    private func answer(_ answer: Answer, _ context: ChannelHandlerContext) {
        guard let request, !isAnswered, context.channel.isActive else { return }
        isAnswered = true
        let body = ByteBuffer(string: answer.body)
        var head = HTTPResponseHead(version: .http1_1, status: answer.status)
        head.headers.add(name: "Content-Type", value: answer.contentType)
        head.headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        head.headers.add(name: "Cache-Control", value: "no-store")
        head.headers.add(name: "Connection", value: "close")
        if let allow = answer.allow { head.headers.add(name: "Allow", value: allow) }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }
}

@available(*, unavailable)
extension MonitoringHandler: Sendable {}
