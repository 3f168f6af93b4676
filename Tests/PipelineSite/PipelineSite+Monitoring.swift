import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestServices

/// What a process says when it is asked from outside.
package struct MonitoringAnswer: Sendable, Equatable {
    package let status: Int
    package let body: String

    package init(status: Int, body: String) {
        self.status = status
        self.body = body
    }
}

/// The numbers of one scrape.
package struct MetricValues: Sendable {
    private let values: [String: Double]
    /// Names and types of the metrics, as `# TYPE` has them.
    package let types: [String: String]

    /// - Throws: where a line is not of Prometheus's text format, version 0.0.4, as these processes write it.
    package init(_ text: String) throws {
        var values: [String: Double] = [:]
        var types: [String: String] = [:]
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|histogram)/) {
                types[String(match.1)] = String(match.2)
            } else if line.hasPrefix("# HELP ") {
                continue
            } else if let match = line.wholeMatch(of: /([a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})?) (\S+)/),
                let value = Double(match.4.replacing("Inf", with: "infinity")), values[String(match.1)] == nil
            {
                values[String(match.1)] = value
            } else {
                throw PipelineSiteError("not a line of metrics: \(line)")
            }
        }
        self.values = values
        self.types = types
    }

    /// The value of a series, labels and all; nil where there is none.
    package subscript(series: String) -> Double? { values[series] }

    package var series: [String] { Array(values.keys) }
}

extension PipelineSite {
    /// Asks a process by HTTP.
    package nonisolated func ask(_ member: SiteMember, _ path: String) async throws -> MonitoringAnswer {
        let received = ReceivedText()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(5))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CollectingHandler(received))
                }
            }
            .connect(host: "127.0.0.1", port: Int(monitoringPort(of: member)))
            .get()
        try await channel.writeAndFlush(ByteBuffer(string: "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        try await channel.closeFuture.get()
        let text = received.text
        guard let end = text.range(of: "\r\n\r\n"), let status = text.firstMatch(of: #/^HTTP/1\.1 (\d{3}) /#),
            let code = Int(status.1)
        else { throw PipelineSiteError("\(member.name) answered: \(text)") }
        return MonitoringAnswer(status: code, body: String(text[end.upperBound...]))
    }

    package nonisolated func metrics(of member: SiteMember) async throws -> MetricValues {
        let answer = try await ask(member, "/metrics")
        guard answer.status == 200 else { throw PipelineSiteError("no metrics of \(member.name): \(answer.body)") }
        return try MetricValues(answer.body)
    }

    /// Asks by the program's own `health`, as a container does.
    package nonisolated func health(of member: SiteMember, _ options: String...) async throws -> FinishedProgram {
        try await FinishedProgram.run(
            BuiltPrograms.path("keyferry-\(member.kind)"),
            ["health", "--config", "\(home)/\(member.kind).yaml"] + options,
            environment: ["KEYFERRY_MONITORING_PORT": "\(monitoringPort(of: member))"]
        )
    }
}

private final class ReceivedText: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func append(_ more: ByteBuffer) {
        bytes.withLock { $0.append(contentsOf: more.readableBytesView) }
    }
}

private final class CollectingHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let received: ReceivedText

    init(_ received: ReceivedText) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.append(unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
