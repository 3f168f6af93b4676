package import NIOCore

package struct TLSHandlerConfiguration: Sendable {
    /// From the connection's start to the end of the handshake.
    package var handshakeTimeout: TimeAmount
    /// How long a close waits for its close_notify to be sent and the peer's to come.
    package var closeTimeout: TimeAmount
    /// What the peer's close_notify means. true: it sends no more, which is told by `ChannelEvent.inputClosed`, and the
    /// next handler closes when it has written what it has to write. false: the connection is closed.
    package var allowsHalfClosure: Bool
    /// Whether each `read()` delivers one record at most, and what has come beyond it stays ciphertext until the next one.
    /// So plaintext, which may lie in scarce memory, is made when someone wants it. The next handler then asks for every
    /// record itself: the channel's automatic reading must be off.
    package var deliversOnDemand: Bool

    package init(
        handshakeTimeout: TimeAmount = .seconds(10),
        closeTimeout: TimeAmount = .seconds(1),
        allowsHalfClosure: Bool = false,
        deliversOnDemand: Bool = false
    ) {
        self.handshakeTimeout = handshakeTimeout
        self.closeTimeout = closeTimeout
        self.allowsHalfClosure = allowsHalfClosure
        self.deliversOnDemand = deliversOnDemand
    }
}

/// TLS for a channel: ciphertext below, plaintext of the kind `Plaintext` above.
///
/// - A handshake that is done is a user inbound event, `TLSSession`. What is written before it waits for it.
/// - Every failure is one `errorCaught` with a TLSError, after which the channel closes.
/// - `close()` sends close_notify and waits for the peer's, for a limited time. `close(mode: .output)` only sends it.
/// - Backpressure is the channel's: each plaintext becomes ciphertext at once, so the channel's writability counts what
///   the peer has not taken; and one `read()` asks for one burst of ciphertext, which is delivered whole, or record by
///   record with `deliversOnDemand`. While the handshake and the close last, the handler reads of its own accord.
package final class TLSHandler<Plaintext: TLSPlaintext>: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = Plaintext
    package typealias OutboundIn = Plaintext
    package typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// The channel is not active yet.
        case idle
        case handshaking
        case active
        /// Only what is under way is still sent; what comes is dropped, but for the peer's close_notify.
        case closing
        case closed
    }

    /// What waits for the handshake.
    private enum PendingOutput {
        case plaintext(Plaintext, EventLoopPromise<Void>?)
        case closeNotify(EventLoopPromise<Void>?)
    }

    private let connection: TLSConnection
    private let configuration: TLSHandlerConfiguration
    private var phase = Phase.idle
    /// The limit of the handshake, then of the close.
    private var timer: Scheduled<Void>?
    private var pendingOutput: [PendingOutput] = []
    private var closePromise: EventLoopPromise<Void>?
    /// Whether the peer's close_notify has come.
    private var peerClosed = false
    /// Whether our own close_notify was made.
    private var outputClosed = false
    private var closingBytesWritten = false
    /// Whether a close waits for the peer's close_notify: not after a failure.
    private var awaitsPeerClose = false
    /// A `read()` that no plaintext has answered yet.
    private var readRequested = false
    private var isDelivering = false
    /// Whether the peer's half of TCP has ended. There may be ciphertext that was not read yet.
    private var transportInputEnded = false

    package init(context: TLSContext, configuration: TLSHandlerConfiguration = .init()) throws(TLSError) {
        self.connection = try TLSConnection(context: context)
        self.configuration = configuration
    }

    // MARK: Beginning and end of the channel

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive {
            begin(context: context)
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end(context: context)
    }

    package func channelActive(context: ChannelHandlerContext) {
        begin(context: context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        reportEndOfInput(context: context)
        end(context: context)
        context.fireChannelInactive()
    }

    private func begin(context: ChannelHandlerContext) {
        guard phase == .idle else { return }
        phase = .handshaking
        setTimer(configuration.handshakeTimeout, context: context) { handler, context in
            handler.fail(TLSError(.handshakeTimeout), context: context)
        }
        advanceHandshake(context: context)
        context.read()
    }

    /// Ends everything that waits. Nothing is sent any more.
    private func end(context: ChannelHandlerContext) {
        phase = .closed
        timer?.cancel()
        timer = nil
        failPendingOutput(ChannelError.ioOnClosedChannel)
        closePromise?.succeed()
        closePromise = nil
    }

    /// The connection has ended below us: an error, unless it was agreed on.
    private func reportEndOfInput(context: ChannelHandlerContext) {
        switch phase {
        case .handshaking: context.fireErrorCaught(TLSError(.closedDuringHandshake))
        case .active where !peerClosed: context.fireErrorCaught(TLSError(.truncated))
        default: break
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset connection: one error is enough, channelInactive follows.
        if phase == .handshaking || phase == .active {
            phase = .closing
        }
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    // MARK: Inbound

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch phase {
        case .idle, .closed: return
        case .closing where !awaitsPeerClose: return
        // Nothing counts that comes after close_notify.
        case .handshaking, .active, .closing: if peerClosed { return }
        }
        connection.receive(unwrapInboundIn(data))
        if phase == .handshaking {
            advanceHandshake(context: context)
        }
        deliverPlaintext(context: context)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        let wantsMore =
            switch phase {
            case .handshaking, .closing: true
            // The burst held no whole record: whoever asked to read still waits.
            case .active: readRequested
            case .idle, .closed: false
            }
        context.fireChannelReadComplete()
        if wantsMore {
            context.read()
        }
    }

    private func advanceHandshake(context: ChannelHandlerContext) {
        do {
            let progress = try connection.advanceHandshake()
            flushCiphertext(context: context, promise: nil)
            guard case .done(let session) = progress else { return }
            timer?.cancel()
            timer = nil
            phase = .active
            context.fireUserInboundEventTriggered(session)
            sendPendingOutput(context: context)
        } catch {
            fail(error, context: context)
        }
    }

    /// Whether the next record is to be decrypted now. A handler above may close, or ask for more, in the middle: this
    /// counts anew for every record.
    private var wantsRecord: Bool {
        switch phase {
        case .active: !peerClosed && (readRequested || !configuration.deliversOnDemand)
        case .closing: !peerClosed && awaitsPeerClose
        case .idle, .handshaking, .closed: false
        }
    }

    private func deliverPlaintext(context: ChannelHandlerContext) {
        // A handler above that asks for the next record while it is given one gets it from the loop, not from the stack.
        guard !isDelivering else { return }
        isDelivering = true
        defer { isDelivering = false }
        do {
            while wantsRecord {
                switch try connection.read(Plaintext.self) {
                case .plaintext(let plaintext):
                    guard phase == .active else { continue }
                    readRequested = false
                    context.fireChannelRead(wrapInboundOut(plaintext))
                case .needsInput:
                    // There may be an answer to a message of TLS itself, such as a key update.
                    flushCiphertext(context: context, promise: nil)
                    if transportInputEnded { transportHasEnded(context: context) }
                    return
                case .closed:
                    peerClosed = true
                    peerHasClosed(context: context)
                }
            }
        } catch {
            fail(error, context: context)
        }
    }

    private func peerHasClosed(context: ChannelHandlerContext) {
        switch phase {
        case .active where configuration.allowsHalfClosure:
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        case .active: beginClose(context: context, promise: nil)
        case .closing: closeIfDone(context: context)
        case .idle, .handshaking, .closed: break
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        transportInputEnded = true
        // On demand, there may be records that nobody has asked for yet, and close_notify behind them.
        if phase == .active, configuration.deliversOnDemand {
            deliverPlaintext(context: context)
        } else {
            transportHasEnded(context: context)
        }
    }

    /// The peer's TCP half has ended, and all that came is read. After its close_notify that is no news.
    private func transportHasEnded(context: ChannelHandlerContext) {
        switch phase {
        case .handshaking: fail(TLSError(.closedDuringHandshake), context: context)
        case .active where !peerClosed: fail(TLSError(.truncated), context: context)
        case .closing:
            peerClosed = true
            closeIfDone(context: context)
        case .idle, .active, .closed: break
        }
    }

    // MARK: Outbound

    package func read(context: ChannelHandlerContext) {
        readRequested = true
        guard configuration.deliversOnDemand, phase == .active else {
            context.read()
            return
        }
        deliverPlaintext(context: context)
        // While a record is being delivered, the end of the burst reads on.
        if readRequested, !isDelivering, phase == .active, !transportInputEnded {
            context.read()
        }
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        write(unwrapOutboundIn(data), context: context, promise: promise)
    }

    private func write(_ plaintext: Plaintext, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        switch phase {
        case .idle, .handshaking: pendingOutput.append(.plaintext(plaintext, promise))
        case .active where !outputClosed: encrypt(plaintext, context: context, promise: promise)
        case .active: promise?.fail(ChannelError.outputClosed)
        case .closing, .closed: promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    private func encrypt(_ plaintext: Plaintext, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        do {
            try connection.write(plaintext)
        } catch {
            promise?.fail(error)
            fail(error, context: context)
            return
        }
        if let ciphertext = connection.takeOutgoing() {
            context.write(wrapOutboundOut(ciphertext), promise: promise)
        } else {
            promise?.succeed()
        }
    }

    private func sendPendingOutput(context: ChannelHandlerContext) {
        guard !pendingOutput.isEmpty else { return }
        let outputs = pendingOutput
        pendingOutput = []
        for output in outputs {
            switch output {
            case .plaintext(let plaintext, let promise): write(plaintext, context: context, promise: promise)
            case .closeNotify(let promise): close(context: context, mode: .output, promise: promise)
            }
        }
        context.flush()
    }

    private func failPendingOutput(_ error: any Error) {
        let outputs = pendingOutput
        pendingOutput = []
        for output in outputs {
            switch output {
            case .plaintext(_, let promise), .closeNotify(let promise): promise?.fail(error)
            }
        }
    }

    private func flushCiphertext(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        if let ciphertext = connection.takeOutgoing() {
            context.writeAndFlush(wrapOutboundOut(ciphertext), promise: promise)
        } else {
            promise?.succeed()
        }
    }

    // MARK: Close

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (mode, phase) {
        case (.output, .idle), (.output, .handshaking):
            pendingOutput.append(.closeNotify(promise))
        case (.output, .active) where !outputClosed:
            outputClosed = true
            connection.sendCloseNotify()
            flushCiphertext(context: context, promise: promise)
        case (.output, .active), (.output, .closing):
            promise?.fail(ChannelError.outputClosed)
        case (.input, _), (_, .idle), (_, .closed):
            context.close(mode: mode, promise: promise)
        case (.all, .handshaking):
            end(context: context)
            context.close(promise: promise)
        case (.all, .active):
            beginClose(context: context, promise: promise)
        case (.all, .closing):
            addClosePromise(promise)
        }
    }

    private func beginClose(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        if !outputClosed {
            outputClosed = true
            connection.sendCloseNotify()
        }
        awaitsPeerClose = true
        finishWriting(context: context, promise: promise)
    }

    /// Sends what there is, an alert perhaps, tells of the error, and closes.
    private func fail(_ error: TLSError, context: ChannelHandlerContext) {
        guard phase != .closed else { return }
        awaitsPeerClose = false
        if phase != .closing {
            phase = .closing
            failPendingOutput(error)
            context.fireErrorCaught(error)
        }
        finishWriting(context: context, promise: nil)
    }

    /// Enters the phase `closing`, which lasts until the last bytes are written and the peer has closed, or the limit.
    private func finishWriting(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard phase != .closed else {
            promise?.succeed()
            return
        }
        phase = .closing
        addClosePromise(promise)
        setTimer(configuration.closeTimeout, context: context) { handler, context in
            handler.closeChannel(context: context)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in
            closingBytesWritten = true
            closeIfDone(context: context)
        }
        flushCiphertext(context: context, promise: written)
        context.flush()
        context.read()
    }

    private func addClosePromise(_ promise: EventLoopPromise<Void>?) {
        if let closePromise {
            closePromise.futureResult.cascade(to: promise)
        } else {
            closePromise = promise
        }
    }

    private func closeIfDone(context: ChannelHandlerContext) {
        guard phase == .closing, closingBytesWritten, peerClosed || !awaitsPeerClose else { return }
        closeChannel(context: context)
    }

    private func closeChannel(context: ChannelHandlerContext) {
        guard phase == .closing else { return }
        let promise = closePromise
        closePromise = nil
        end(context: context)
        context.close(promise: promise)
    }

    private func setTimer(
        _ limit: TimeAmount,
        context: ChannelHandlerContext,
        _ action: @escaping (TLSHandler, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [weak self] in
            guard let self else { return }
            timer = nil
            action(self, context)
        }
    }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}
