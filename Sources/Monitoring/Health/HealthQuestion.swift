package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Asks a process of this machine, by HTTP, how it is.
package enum HealthQuestion {
    package enum Subject: Sendable {
        /// Whether it does its work.
        case ready
        /// Whether it lives.
        case live

        var path: String {
            switch self {
            case .ready: "/readyz"
            case .live: "/healthz"
            }
        }
    }

    package struct Answer: Sendable, Equatable {
        /// Whether the answer was yes.
        package let isWell: Bool
        /// One line for a person.
        package let text: String

        package init(isWell: Bool, text: String) {
            self.isWell = isWell
            self.text = text
        }
    }

    /// A process that answers at all does so in milliseconds.
    package static let limit = TimeAmount.seconds(4)
    private static let longestText = 400

    /// - Parameter host: as configured for listening: `0.0.0.0` and `::` are asked as loopback.
    package static func ask(_ subject: Subject, host: String, port: Int) async -> Answer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let answer = await ask(subject, host: connectable(host), port: port, group: group)
        try? await group.shutdownGracefully()
        return answer
    }

    static func connectable(_ host: String) -> String {
        switch host {
        case "0.0.0.0", "": "127.0.0.1"
        case "::", "[::]": "::1"
        default: host
        }
    }

    private static func ask(_ subject: Subject, host: String, port: Int, group: any EventLoopGroup) async -> Answer {
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        let promise = group.next().makePromise(of: (UInt, String).self)
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(limit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(AnswerHandler(promise))
                }
            }
        do {
            let channel = try await bootstrap.connect(host: host, port: port).get()
            let late = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
            defer { late.cancel() }
            var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: subject.path)
            head.headers.add(name: "Host", value: place)
            head.headers.add(name: "Connection", value: "close")
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
            let (status, body) = try await promise.futureResult.get()
            let line = body.prefix { !$0.isNewline }.prefix(longestText)
            return Answer(isWell: status == 200, text: line.isEmpty ? "HTTP status \(status)" : String(line))
        } catch {
            promise.fail(error)
            let reason =
                switch error {
                case is NIOConnectionError: "nobody listens"
                default: "no answer in time"
                }
            let text = "not reachable at \(place) (monitoring.host, monitoring.port): \(reason)"
            return Answer(isWell: false, text: text)
        }
    }
}

/// Collects one response, of which no more is kept than a line can have.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<(UInt, String)>
    private var status: UInt = 0
    private var body = ""

    init(_ promise: EventLoopPromise<(UInt, String)>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = head.status.code
        case .body(let bytes): if body.utf8.count < 4_096 { body += String(buffer: bytes) }
        case .end:
            promise.succeed((status, body))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension AnswerHandler: Sendable {}
