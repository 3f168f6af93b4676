import Cryptography
import KMIPServer
import Logging
import NIOPosix
import Synchronization
import TLSTestPeers
import TLSTransport

/// Answers as the test says: by default, admits everyone and echoes.
struct ScriptedHandler: KMIPRequestHandler {
    var admission: @Sendable (ConnectionPeer) async -> KMIPAdmission = { _ in .serve(instance: "test") }
    var answer: @Sendable (SecretBox, ConnectionPeer) async -> KMIPAnswer = { request, _ in Frames.echo(of: request) }

    func admit(_ peer: ConnectionPeer) async -> KMIPAdmission {
        await admission(peer)
    }

    func respond(to request: SecretBox, from peer: ConnectionPeer) async -> KMIPAnswer {
        await answer(request, peer)
    }
}

/// Answers with what was asked, but not before it is released.
struct HeldEcho {
    let handler: ScriptedHandler
    /// An element for each request that has come.
    let begun: AsyncStream<Void>
    private let releasing: AsyncStream<Void>.Continuation

    init() {
        let (release, releasing) = AsyncStream<Void>.makeStream()
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        var handler = ScriptedHandler()
        handler.answer = { request, _ in
            beginning.yield()
            for await _ in release { break }
            return Frames.echo(of: request)
        }
        self.handler = handler
        self.begun = begun
        self.releasing = releasing
    }

    /// From now on nothing is held.
    func release() { releasing.finish() }
}

/// A log's lines, kept.
struct CollectedLog: LogHandler {
    struct Line: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: Logger.Metadata

        var reason: String? { metadata["reason"]?.description }
    }

    final class Lines: Sendable {
        private let lines = Mutex<[Line]>([])

        var all: [Line] { lines.withLock { $0 } }

        fileprivate func append(_ line: Line) {
            lines.withLock { $0.append(line) }
        }
    }

    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        lines.append(Line(level: event.level, message: event.message.description, metadata: event.metadata ?? [:]))
    }
}

/// A KMIP listener on a free loopback port.
final class KMIPTestServer: Sendable {
    let listener: KMIPListener
    let port: Int
    let log = CollectedLog.Lines()
    private let running: Task<Void, any Error>

    init(
        _ handler: ScriptedHandler = ScriptedHandler(),
        configure: (inout KMIPServerConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = KMIPServerConfiguration(host: "127.0.0.1", port: 0)
        configure(&configuration)
        let tls = TLSServerConfiguration(
            identity: try TestIdentities.server(),
            clientCertificates: .requested,
            ciphers: .kmip
        )
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let lines = log
        let listener = KMIPListener(
            configuration: configuration,
            tls: CurrentTLSContext(try TLSContext(server: tls)),
            handler: handler,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in CollectedLog(lines: lines) },
            onListening: { continuation.yield($0) }
        )
        self.listener = listener
        running = Task {
            defer { continuation.finish() }
            try await listener.run()
        }
        var found: Int?
        for await port in ports {
            found = port
            break
        }
        guard let found else {
            try await running.value
            throw CancellationError()
        }
        port = found
    }

    deinit {
        running.cancel()
    }

    /// Shuts down and waits until all connections are closed.
    func stop() async throws {
        running.cancel()
        try await running.value
    }

    /// Waits for the log lines of connections that have ended.
    func endedConnections(_ count: Int = 1) async throws -> [CollectedLog.Line] {
        for _ in 0..<1500 {
            let lines = log.all.filter { $0.reason != nil }
            if lines.count >= count { return lines }
            try await Task.sleep(for: .milliseconds(10))
        }
        return log.all
    }
}
