import NIOCore
import NIOPosix
import TLSTransport

/// A load generator's work, all of it on one event loop.
final class LoadEngine {
    private struct Run {
        let kind: LoadKind
        let begin: NIODeadline
        let end: NIODeadline
        let done: EventLoopPromise<LoadRecord>
        var record = LoadRecord()
        var outstanding = 0
        var arrivals: Arrivals?
        var isOver = false
    }

    /// Connections that are under way or open for visits at the same time.
    private static let mostVisits = 4096

    private let loop: any EventLoop
    private let target: LoadTarget
    private let tls: [TLSContext]
    private let requests: [ByteBuffer]
    private var connections: [LoadConnection] = []
    /// Those without a request, the one that has waited longest first.
    private var idle = CircularBuffer<LoadConnection>()
    private var nextRequest = 0
    private var nextContext = 0
    private var run: Run?
    private var runCount: UInt64 = 0

    init(loop: any EventLoop, target: LoadTarget, tls: [TLSContext], requests: [ByteBuffer]) {
        self.loop = loop
        self.target = target
        self.tls = tls
        self.requests = requests
    }

    var openCount: Int { connections.count { $0.isOpen } }

    // MARK: Connections

    func open(_ count: Int, atOnce: Int) -> EventLoopFuture<Int> {
        let done = loop.makePromise(of: Int.self)
        var left = count
        var underWay = 0
        var opened = 0
        func next() {
            while left > 0, underWay < atOnce {
                left -= 1
                underWay += 1
                connect { [self] connection in
                    underWay -= 1
                    if let connection {
                        opened += 1
                        connections.append(connection)
                        idle.append(connection)
                    }
                    if left == 0, underWay == 0 { done.succeed(opened) } else { next() }
                }
            }
        }
        if count > 0 { next() } else { done.succeed(0) }
        return done.futureResult
    }

    /// - Parameter ready: gets nil where no connection could be made.
    private func connect(_ ready: @escaping (LoadConnection?) -> Void) {
        let context = tls[nextContext % tls.count]
        nextContext += 1
        var reference: LoadConnection?
        let connection = LoadConnection { isReady in
            ready(isReady ? reference : nil)
            reference = nil
        }
        reference = connection
        let bound = NIOLoopBound(connection, eventLoop: loop)
        ClientBootstrap(group: loop)
            .connectTimeout(.seconds(10))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        TLSHandler<ByteBuffer>(
                            context: context,
                            configuration: TLSHandlerConfiguration(handshakeTimeout: .seconds(30))
                        )
                    )
                    try pipeline.addHandler(bound.value)
                }
            }
            .connect(to: target.address)
            .assumeIsolated()
            .whenFailure { _ in connection.fail() }
    }

    func closeConnections() -> EventLoopFuture<Void> {
        let done = loop.makePromise(of: Void.self)
        let open = connections.filter(\.isOpen)
        var left = open.count
        connections = []
        idle = []
        if left == 0 { done.succeed() }
        for connection in open {
            connection.onEnd = {
                left -= 1
                if left == 0 { done.succeed() }
            }
            connection.close()
        }
        return done.futureResult
    }

    // MARK: Runs

    func run(
        _ kind: LoadKind,
        _ pace: LoadPace,
        for duration: TimeAmount,
        patience: TimeAmount
    ) -> EventLoopFuture<LoadRecord> {
        precondition(run == nil, "one run at a time")
        let begin = NIODeadline.now()
        let done = loop.makePromise(of: LoadRecord.self)
        run = Run(kind: kind, begin: begin, end: begin + duration, done: done)
        run?.record.seconds = Double(duration.nanoseconds) / 1_000_000_000
        runCount += 1
        switch pace {
        case .closed(let concurrency):
            for _ in 0..<concurrency { again() }
        case .open(let perSecond):
            let step = LoadStep(perSecond: perSecond, duration: .nanoseconds(duration.nanoseconds))
            run?.arrivals = Arrivals([step], seed: runCount)
            sendWhatIsDue()
        case .steps(let steps):
            run?.arrivals = Arrivals(steps, seed: runCount)
            sendWhatIsDue()
        }
        let number = runCount
        loop.assumeIsolated().scheduleTask(in: duration) { [self] in
            run?.isOver = true
            finishIfDone()
        }
        loop.assumeIsolated().scheduleTask(in: duration + patience) { [self] in
            if runCount == number { giveUp() }
        }
        return done.futureResult
    }

    func touch(_ count: Int) -> EventLoopFuture<LoadRecord> {
        let done = loop.makePromise(of: LoadRecord.self)
        let begin = NIODeadline.now()
        let open = connections.filter(\.isOpen)
        let step = max(1, open.count / max(1, count))
        let chosen = stride(from: 0, to: open.count, by: step).map { open[$0] }
        var record = LoadRecord()
        if chosen.isEmpty { done.succeed(record) }
        for connection in chosen {
            connection.send(requests[0]) { outcome in
                let latency = (NIODeadline.now() - begin).nanoseconds
                record.samples.append(.init(intended: 0, latency: latency, outcome: outcome))
                if record.samples.count == chosen.count { done.succeed(record) }
            }
        }
        return done.futureResult
    }

    /// Closed loop: the next request of one of so many.
    private func again() {
        guard let run, !run.isOver else { return }
        send(intended: NIODeadline.now()) { [self] outcome in
            guard outcome != .closed else {
                // Not at once: a server that closes is not to be asked as fast as it can.
                loop.assumeIsolated().scheduleTask(in: .milliseconds(100)) { [self] in again() }
                return
            }
            again()
        }
    }

    private func sendWhatIsDue() {
        guard let run, !run.isOver else { return }
        let now = NIODeadline.now()
        while let next = self.run?.arrivals?.next, run.begin + .nanoseconds(next) <= now {
            self.run?.arrivals?.advance()
            send(intended: run.begin + .nanoseconds(next)) { _ in }
        }
        loop.assumeIsolated().scheduleTask(in: .milliseconds(1)) { [self] in sendWhatIsDue() }
    }

    private func send(intended: NIODeadline, _ then: @escaping (LoadOutcome) -> Void) {
        guard let run else { return }
        let number = runCount
        self.run?.outstanding += 1
        let finished: (LoadOutcome?) -> Void = { [self] outcome in
            guard number == runCount, self.run != nil else { return }
            self.run?.outstanding -= 1
            if let outcome {
                self.run?.record.samples.append(
                    .init(
                        intended: (intended - run.begin).nanoseconds,
                        latency: (NIODeadline.now() - intended).nanoseconds,
                        outcome: outcome
                    )
                )
            } else {
                self.run?.record.unsent += 1
            }
            then(outcome ?? .closed)
            finishIfDone()
        }
        switch run.kind {
        case .standing: ask(finished)
        case .visit(let messages): visit(messages, isTooMany: run.outstanding >= Self.mostVisits, finished)
        }
    }

    /// - Parameter finished: gets nil where no connection is free.
    private func ask(_ finished: @escaping (LoadOutcome?) -> Void) {
        var free = idle.popFirst()
        while let connection = free, !connection.isOpen { free = idle.popFirst() }
        guard let connection = free else {
            finished(nil)
            return
        }
        nextRequest += 1
        connection.send(requests[nextRequest % requests.count]) { [self] outcome in
            if connection.isOpen { idle.append(connection) } else { replace(connection) }
            finished(outcome)
        }
    }

    /// A connection that the server closed makes way for another, as a client's would.
    private func replace(_ connection: LoadConnection) {
        connections.removeAll { $0 === connection }
        connect { [self] new in
            guard let new else { return }
            connections.append(new)
            idle.append(new)
        }
    }

    private func visit(_ messages: [ByteBuffer], isTooMany: Bool, _ finished: @escaping (LoadOutcome?) -> Void) {
        guard !isTooMany else {
            finished(nil)
            return
        }
        connect { connection in
            guard let connection else {
                finished(.closed)
                return
            }
            func say(_ index: Int) {
                guard index < messages.count else {
                    connection.close()
                    finished(.success)
                    return
                }
                connection.send(messages[index]) { outcome in
                    if outcome == .success {
                        say(index + 1)
                    } else {
                        connection.close()
                        finished(outcome)
                    }
                }
            }
            say(0)
        }
    }

    private func finishIfDone() {
        guard let run, run.isOver, run.outstanding == 0 else { return }
        self.run = nil
        run.done.succeed(run.record)
    }

    private func giveUp() {
        guard var run else { return }
        self.run = nil
        let latency = (NIODeadline.now() - run.begin).nanoseconds
        for _ in 0..<run.outstanding {
            run.record.samples.append(.init(intended: 0, latency: latency, outcome: .unanswered))
        }
        run.done.succeed(run.record)
    }
}

@available(*, unavailable)
extension LoadEngine: Sendable {}
