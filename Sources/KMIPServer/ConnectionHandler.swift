internal import Cryptography
internal import Logging
internal import Monitoring
internal import NIOCore
internal import TLSTransport

/// The last handler of a connection: does what the ConnectionMachine decides, and writes the connection's one log line
/// when it has ended.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = SecretBox
    typealias OutboundIn = Never
    typealias OutboundOut = SecretBox

    private let id: ConnectionID
    private let server: ServerContext
    private var machine: ConnectionMachine
    private var timer: DeadlineTimer
    private var peer: ConnectionPeer?
    /// Whose client it is, once the connection is admitted.
    private var instance: String?
    private var requestCount = 0
    /// Of the request that is being answered, until its response is written.
    private var requestBegin: NIODeadline?
    private var reason: KMIPCloseReason?
    private let begin = NIODeadline.now()

    init(id: ConnectionID, server: ServerContext) {
        self.id = id
        self.server = server
        self.machine = ConnectionMachine(maximumMessageByteCount: server.configuration.maximumMessageByteCount)
        self.timer = DeadlineTimer()
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) {
        server.logger.debug(
            "KMIP connection opened",
            metadata: ["connection": "\(id)", "address": "\(context.remoteAddress?.ipAddress ?? "unknown")"]
        )
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let session as TLSSession:
            let address = context.remoteAddress?.ipAddress ?? ""
            let memory = ConnectionMemory(server.memory, client: session.peerCertificate?.fingerprintSHA256 ?? [])
            let peer = ConnectionPeer(id: id, address: address, session: session, memory: memory)
            self.peer = peer
            server.connections.identify(peer)
            server.metrics.handshakeDone(session, afterNanoseconds: (NIODeadline.now() - begin).nanoseconds)
            perform(machine.handshakeDone(), context: context)
        case let event as ChannelEvent where event == .inputClosed:
            perform(machine.inputClosed(), context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let chunk = unwrapInboundIn(data)
        advance(adding: chunk.bytes.count, context: context) { $0.received(chunk) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        perform(machine.ended(KMIPCloseReason(error)), context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        perform(machine.ended(.finished), context: context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer.cancel()
        endRequest(isAnswered: false)
        // In this order: who waits for the last connection finds its line in the log.
        log(context: context)
        server.connectionEnded(id)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let request = event as? CloseRequest else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        perform(machine.closeRequested(request.reason, request.urgency), context: context)
        promise?.succeed()
    }

    // MARK: Actions

    /// Takes a step in which a message may be cut, if the client's share of the secure memory allows it.
    ///
    /// - Parameter byteCount: of what is received in this step.
    private func advance(
        adding byteCount: Int = 0,
        context: ChannelHandlerContext,
        _ step: (inout ConnectionMachine) -> [ConnectionMachine.Action]
    ) {
        guard peer?.memory.takeArrival(machine.mostByteCount(adding: byteCount)) ?? true else {
            perform(machine.closeRequested(.memoryShareExceeded, .now), context: context)
            return
        }
        perform(step(&machine), context: context)
    }

    private func perform(_ actions: [ConnectionMachine.Action], context: ChannelHandlerContext) {
        settleMemory(actions)
        for action in actions {
            switch action {
            case .admit: admit(context: context)
            case .respond(let request): respond(to: request, context: context)
            case .send(let response): send(response, context: context)
            case .limit(let limit): setLimit(limit, context: context)
            case .close(let reason):
                self.reason = reason
                context.close(promise: nil)
            }
        }
        // Backpressure: the channel reads when it is told to, and not by itself.
        if machine.wantsInput {
            context.read()
        }
    }

    private func admit(context: ChannelHandlerContext) {
        guard let peer else { return }
        let handler = server.handler
        context.eventLoop.makeFutureWithTask { await handler.admit(peer) }
            .assumeIsolated()
            .whenSuccess { [self] admission in
                if case .serve(let instance) = admission {
                    self.instance = instance
                    server.connections.admit(id, address: peer.address)
                    server.unhealthyComplaint.isOver()
                }
                advance(context: context) { $0.admitted(admission) }
            }
    }

    private func respond(to request: SecretBox, context: ChannelHandlerContext) {
        guard let peer else { return }
        let handler = server.handler
        requestBegin = NIODeadline.now()
        requestCount += 1
        server.metrics.requestBegan()
        context.eventLoop.makeFutureWithTask { await handler.respond(to: request, from: peer) }
            .assumeIsolated()
            .whenSuccess { [self] answer in
                peer.memory.giveBackRequest()
                let actions = machine.answered(answer)
                var isSent = false
                for case .send in actions { isSent = true }
                if !isSent { peer.memory.giveBackResponse() }
                perform(actions, context: context)
            }
    }

    private func send(_ response: SecretBox, context: ChannelHandlerContext) {
        let written = context.writeAndFlush(wrapOutboundOut(response))
        // It is ciphertext now, in ordinary memory.
        peer?.memory.giveBackResponse()
        written.assumeIsolated().whenSuccess { [self] in
            endRequest(isAnswered: true)
            advance(context: context) { $0.sent() }
        }
    }

    private func settleMemory(_ actions: [ConnectionMachine.Action]) {
        var messageByteCount: Int?
        for case .respond(let request) in actions { messageByteCount = request.bytes.count }
        peer?.memory.settleArrival(machine.heldByteCount, messageByteCount: messageByteCount)
    }

    private func endRequest(isAnswered: Bool) {
        guard let begin = requestBegin else { return }
        requestBegin = nil
        server.metrics.requestEnded(afterNanoseconds: isAnswered ? (NIODeadline.now() - begin).nanoseconds : nil)
    }

    private func setLimit(_ limit: ConnectionMachine.Limit?, context: ChannelHandlerContext) {
        guard let limit else {
            timer.clear()
            return
        }
        let amount =
            switch limit {
            case .nextRequest: server.configuration.idleTimeout
            case .restOfRequest, .responseToBeTaken, .firstRequestToRefuse: server.configuration.readTimeout
            }
        timer.set(in: amount, on: context.eventLoop) { [self] in
            perform(machine.limitReached(), context: context)
        }
    }

    // MARK: The log line

    private func log(context: ChannelHandlerContext) {
        let reason = self.reason ?? .finished
        server.metrics.connectionEnded(reason, hadHandshake: peer != nil, wasServed: instance != nil)
        let fingerprint = peer?.session.peerCertificate?.fingerprintText
        // Whoever is not served can come as often as the network lets him: his lines have a limit, the others' have none.
        let isLimited = instance == nil && reason.code != .unhealthy
        let unwritten = isLimited ? server.strangers.unwrittenLines(before: reason.code, fingerprint: fingerprint) : 0
        guard let unwritten else { return }
        var metadata: Logger.Metadata = [
            "connection": "\(id)",
            "address": "\(peer?.address ?? context.remoteAddress?.ipAddress ?? "unknown")",
            "reason": "\(reason.code.rawValue)",
            "requests": "\(requestCount)",
            "milliseconds": "\((NIODeadline.now() - begin).nanoseconds / 1_000_000)",
        ]
        if unwritten > 0 {
            metadata["unwritten"] = "\(unwritten)"
        }
        if let session = peer?.session {
            metadata["fingerprint"] = "\(fingerprint ?? "none")"
            metadata["tls"] = "\(session.version)"
            metadata["cipher"] = "\(session.cipherSuite)"
            metadata["resumed"] = "\(session.isResumed)"
        }
        if let instance { metadata["instance"] = "\(instance)" }
        var level = reason.level
        if reason.code == .unhealthy {
            let times = server.unhealthyComplaint.happened()
            metadata["times"] = "\(times ?? 1)"
            if times == nil { level = .debug }
        }
        server.logger.log(level: level, "KMIP connection ended: \(reason.detail)", metadata: metadata)
    }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}
