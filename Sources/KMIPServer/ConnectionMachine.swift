internal import Cryptography
internal import KMIPFraming

/// What a KMIP connection does when something happens to it: decided here, done by `ConnectionHandler`. No I/O, no
/// clock.
///
/// Requests are answered one at a time and in order, and the next one begins when the client has taken the response to
/// the one before. What arrives meanwhile is not read, because `wantsInput` is false all that time.
struct ConnectionMachine: ~Copyable {
    enum Action {
        case admit
        case respond(SecretBox)
        case send(SecretBox)
        case close(KMIPCloseReason)
        /// Sets the time limit, or with nil lifts it. It runs from now on.
        case limit(Limit?)
    }

    /// What a time limit is for.
    enum Limit: Equatable {
        case nextRequest
        case restOfRequest
        case responseToBeTaken
        case firstRequestToRefuse

        var reason: KMIPCloseReason {
            switch self {
            case .nextRequest: .idle
            case .restOfRequest: .unfinishedRequest
            case .responseToBeTaken: .responseNotTaken
            case .firstRequestToRefuse: .nothingAsked
            }
        }
    }

    /// When a connection is closed that someone else wants closed.
    enum Urgency: Sendable {
        case now
        /// A request that is being answered still gets its response, whole.
        case afterResponse
    }

    private enum State {
        case handshaking
        case admitting
        case refusing(KMIPCloseReason)
        /// For a request, or for the rest of one.
        case waiting
        case responding
        case sending
        case closed
    }

    private let maximumMessageByteCount: Int
    private var state = State.handshaking
    private var assembler: KMIPFrameAssembler
    private var limit: Limit?
    private var inputEnded = false
    private var closeAfterResponse: KMIPCloseReason?

    init(maximumMessageByteCount: Int) {
        self.maximumMessageByteCount = maximumMessageByteCount
        assembler = KMIPFrameAssembler(of: .request, maximumByteCount: maximumMessageByteCount)
    }

    /// Whether the connection should be read from. Handshake and close read by themselves; while a client is judged or
    /// answered, what it sends stays where it costs no secure memory.
    var wantsInput: Bool {
        switch state {
        case .refusing, .waiting: true
        case .handshaking, .admitting, .responding, .sending, .closed: false
        }
    }

    /// The secure memory that what has come takes, in bytes of whole blocks, without the message that is answered.
    var heldByteCount: Int { assembler.heldByteCount }

    /// The most that it will be at any moment of the next step, if `count` bytes are received with it.
    func mostByteCount(adding count: Int) -> Int {
        switch state {
        case .handshaking, .refusing, .closed: 0
        case .admitting, .waiting, .responding, .sending: assembler.mostByteCount(adding: count)
        }
    }

    mutating func handshakeDone() -> [Action] {
        guard case .handshaking = state else { return [] }
        state = .admitting
        return [.admit]
    }

    mutating func admitted(_ admission: KMIPAdmission) -> [Action] {
        guard case .admitting = state else { return [] }
        switch admission {
        case .serve:
            return nextRequest()
        case .refuseAtFirstRequest(let reason):
            if assembler.hasUnfinishedBytes { return close(reason) }
            if inputEnded { return close(.finished) }
            state = .refusing(reason)
            return setLimit(.firstRequestToRefuse)
        case .close(let reason):
            return close(reason)
        }
    }

    mutating func received(_ chunk: SecretBox) -> [Action] {
        switch state {
        case .handshaking, .closed: return []
        case .refusing(let reason): return close(reason)
        case .admitting, .responding, .sending:
            assembler.append(chunk)
            return []
        case .waiting:
            assembler.append(chunk)
            return nextRequest()
        }
    }

    /// The client sends no more. It still gets answers to what it has sent.
    mutating func inputClosed() -> [Action] {
        inputEnded = true
        switch state {
        case .handshaking, .refusing, .waiting: return close(assembler.hasUnfinishedBytes ? .cutOff : .finished)
        case .admitting, .responding, .sending, .closed: return []
        }
    }

    mutating func answered(_ answer: KMIPAnswer) -> [Action] {
        guard case .responding = state else { return [] }
        switch answer {
        case .send(let response):
            return send(response)
        case .sendAndClose(let response, let reason):
            closeAfterResponse = closeAfterResponse ?? reason
            return send(response)
        case .close(let reason):
            return close(reason)
        }
    }

    /// The client has taken the response, as far as its end of the TCP connection tells.
    mutating func sent() -> [Action] {
        guard case .sending = state else { return [] }
        if let closeAfterResponse { return close(closeAfterResponse) }
        return nextRequest()
    }

    private mutating func send(_ response: SecretBox) -> [Action] {
        state = .sending
        return setLimit(.responseToBeTaken) + [.send(response)]
    }

    mutating func limitReached() -> [Action] {
        guard let limit else { return [] }
        return close(limit.reason)
    }

    mutating func closeRequested(_ reason: KMIPCloseReason, _ urgency: Urgency) -> [Action] {
        switch (state, urgency) {
        case (.responding, .afterResponse), (.sending, .afterResponse):
            closeAfterResponse = closeAfterResponse ?? reason
            return []
        default:
            return close(reason)
        }
    }

    /// The channel has failed or is gone.
    mutating func ended(_ reason: KMIPCloseReason) -> [Action] {
        close(reason)
    }

    private mutating func nextRequest() -> [Action] {
        do {
            if let request = try assembler.next() {
                state = .responding
                return setLimit(nil) + [.respond(request)]
            }
        } catch {
            return close(KMIPCloseReason(error))
        }
        if inputEnded {
            return close(assembler.hasUnfinishedBytes ? .cutOff : .finished)
        }
        state = .waiting
        return setLimit(assembler.hasUnfinishedBytes ? .restOfRequest : .nextRequest)
    }

    /// A limit that runs goes on running: a request that drips in has no more time than one that does not.
    private mutating func setLimit(_ new: Limit?) -> [Action] {
        guard new != limit else { return [] }
        limit = new
        return [.limit(new)]
    }

    private mutating func close(_ reason: KMIPCloseReason) -> [Action] {
        if case .closed = state { return [] }
        state = .closed
        limit = nil
        // The connection itself may take its time to end; its memory is free now.
        assembler = KMIPFrameAssembler(of: .request, maximumByteCount: maximumMessageByteCount)
        return [.limit(nil), .close(reason)]
    }
}
