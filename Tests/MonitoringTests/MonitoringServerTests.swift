import CoreMetrics
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Monitoring

/// The endpoint on a real socket.
@Suite struct MonitoringServerTests {
    /// Everything that a server says to what it is sent, until it closes.
    private func say(_ text: String, to server: MonitoringServer) async throws -> String {
        let received = Received()
        let channel = try await connect(to: server, received)
        try await channel.writeAndFlush(ByteBuffer(string: text))
        try await channel.closeFuture.get()
        return received.text
    }

    private func connect(to server: MonitoringServer, _ received: Received) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ReceivingHandler(received))
                }
            }
            .connect(host: "127.0.0.1", port: server.port)
            .get()
    }

    private func withServer(
        _ health: ProcessHealth = ProcessHealth(),
        limits: MonitoringServer.Limits = MonitoringServer.Limits(),
        _ body: (MonitoringServer) async throws -> Void
    ) async throws {
        let registry = MetricRegistry([MetricDescription("jobs_total", .counter, help: "Jobs.")])
        Counter(label: "jobs_total", factory: registry).increment()
        let server = try await MonitoringServer.start(
            host: "127.0.0.1",
            port: 0,
            subject: MonitoredProcess(registry: registry, health: health, version: "1"),
            limits: limits
        )
        do {
            try await body(server)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    @Test func metricsAreServedAsText() async throws {
        try await withServer { server in
            for path in ["/metrics", "/metrics?name=jobs_total"] {
                let answer = try await say("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n", to: server)
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
                #expect(answer.contains("\r\nConnection: close\r\n"))
                #expect(answer.contains("\r\n\r\n# HELP jobs_total Jobs.\n# TYPE jobs_total counter\njobs_total 1\n"))
            }
            let head = try await say("HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n", to: server)
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.contains("\r\nContent-Length: ") && head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n", "404 Not Found"), ("GET /metricsx HTTP/1.1\r\n", "404 Not Found"),
        ("GET //healthz HTTP/1.1\r\n", "404 Not Found"), ("POST /metrics HTTP/1.1\r\n", "405 Method Not Allowed"),
        ("DELETE /healthz HTTP/1.1\r\n", "405 Method Not Allowed"), ("\u{16}\u{3}\u{1} hello\r\n", "400 Bad Request"),
    ])
    func whatIsNotThereIsNotServed(request: String, status: String) async throws {
        try await withServer { server in
            let answer = try await say(request + "Host: x\r\n\r\n", to: server)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"), "\(answer)")
            #expect(answer.contains("\r\nAllow: GET, HEAD\r\n") == status.hasPrefix("405"))
        }
    }

    @Test func healthIsTheProcesss() async throws {
        let health = ProcessHealth()
        let reason = Mutex<String?>("no worker\nis heard")
        try await withServer(health) { server in
            func ask(_ subject: HealthQuestion.Subject) async -> HealthQuestion.Answer {
                await HealthQuestion.ask(subject, host: "0.0.0.0", port: server.port)
            }
            #expect(await ask(.ready) == HealthQuestion.Answer(isWell: false, text: "not ready: starting"))
            #expect(await ask(.live) == HealthQuestion.Answer(isWell: true, text: "alive"))
            health.run(HealthProbes(notReady: { reason.withLock { $0 } }, notAlive: { "the thread is stuck" }))
            #expect(await ask(.ready) == HealthQuestion.Answer(isWell: false, text: "not ready: no worker is heard"))
            reason.withLock { $0 = nil }
            #expect(await ask(.ready) == HealthQuestion.Answer(isWell: true, text: "ready"))
            #expect(await ask(.live) == HealthQuestion.Answer(isWell: false, text: "not alive: the thread is stuck"))
            let answer = try await say("GET /healthz HTTP/1.0\r\n\r\n", to: server)
            #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        }
    }

    /// A probe that never returns is an answer, and does not keep others from theirs.
    @Test func aProcessThatDoesNotAnswerIsNotAlive() async throws {
        let health = ProcessHealth()
        health.run(HealthProbes(notReady: { nil }, notAlive: { await Self.forever() }))
        var limits = MonitoringServer.Limits()
        limits.livenessTime = .milliseconds(50)
        try await withServer(health, limits: limits) { server in
            async let live = HealthQuestion.ask(.live, host: "127.0.0.1", port: server.port)
            async let ready = HealthQuestion.ask(.ready, host: "127.0.0.1", port: server.port)
            #expect(await ready.isWell)
            #expect(await live == HealthQuestion.Answer(isWell: false, text: "not alive: its loops do not turn"))
        }
    }

    private static func forever() async -> String? {
        try? await Task.sleep(for: .seconds(3_600))
        return nil
    }

    @Test func whoSendsTooMuchIsCutOff() async throws {
        try await withServer { server in
            let long = String(repeating: "a", count: 9_000)
            let answer = try await say("GET /metrics HTTP/1.1\r\nX: \(long)\r\n\r\n", to: server)
            #expect(answer == "")
        }
    }

    /// Connections that say nothing are closed, and while they stand the rest of the world is shut out at the limit only.
    @Test func whoHangsIsClosed() async throws {
        var limits = MonitoringServer.Limits()
        limits.connections = 2
        limits.connectionTime = .milliseconds(300)
        try await withServer(limits: limits) { server in
            let silent = try await connect(to: server, Received())
            let slow = try await connect(to: server, Received())
            try await slow.writeAndFlush(ByteBuffer(string: "GET /metr"))
            let third = Received()
            let refused = try await connect(to: server, third)
            try await refused.closeFuture.get()
            #expect(third.text == "")
            try await silent.closeFuture.get()
            try await slow.closeFuture.get()
            #expect(await HealthQuestion.ask(.live, host: "127.0.0.1", port: server.port).isWell)
        }
    }

    @Test func aPortInUseIsOneLine() async throws {
        try await withServer { server in
            let subject = MonitoredProcess(registry: MetricRegistry([]), health: ProcessHealth(), version: "1")
            do {
                let other = try await MonitoringServer.start(host: "127.0.0.1", port: server.port, subject: subject)
                await other.stop()
                Issue.record("it listens")
            } catch let error as MonitoringError {
                #expect(error.code == .addressInUse)
                #expect(
                    error.description == "cannot listen for monitoring at 127.0.0.1:\(server.port): the port is in use;"
                        + " set monitoring.host and monitoring.port"
                )
            }
        }
    }

    @Test func nobodyThereIsAnAnswer() async throws {
        var port = 0
        try await withServer { server in port = server.port }
        let answer = await HealthQuestion.ask(.ready, host: "127.0.0.1", port: port)
        #expect(!answer.isWell)
        #expect(answer.text.contains("not reachable at 127.0.0.1:\(port)"))
    }
}

private final class Received: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func append(_ more: ByteBuffer) {
        bytes.withLock { $0.append(contentsOf: more.readableBytesView) }
    }
}

private final class ReceivingHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let received: Received

    init(_ received: Received) {
        self.received = received
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.append(unwrapInboundIn(data))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
