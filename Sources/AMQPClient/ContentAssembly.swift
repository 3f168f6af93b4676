/// Puts the frames of a content-bearing method together: method, header, then body frames until the announced size is
/// reached (AMQP 0-9-1, 2.3.5.2). Frames of one channel never interleave with those of another method.
struct ContentAssembly<Method> {
    struct Content {
        let method: Method
        let properties: AMQPProperties
        let body: [UInt8]
    }

    enum Result {
        case incomplete
        case complete(Content)
        /// The announced size is above the limit; the frames were read and thrown away.
        case oversized(Method, bodyBytes: UInt64)
    }

    private enum State {
        case idle
        case expectingHeader(Method)
        case expectingBody(Method, AMQPProperties, [UInt8], remaining: UInt64)
        case skipping(Method, bodyBytes: UInt64, remaining: UInt64)
    }

    private let bodyLimit: Int
    private var state = State.idle

    init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

    /// A `basic.deliver` or `basic.return`.
    mutating func begin(_ method: Method) throws(AMQPClientError) {
        guard case .idle = state else { throw Self.outOfOrder("method inside content") }
        state = .expectingHeader(method)
    }

    mutating func header(bodyBytes: UInt64, properties: AMQPProperties) throws(AMQPClientError) -> Result {
        guard case .expectingHeader(let method) = state else { throw Self.outOfOrder("header without method") }
        if bodyBytes > UInt64(bodyLimit) {
            state = .skipping(method, bodyBytes: bodyBytes, remaining: bodyBytes)
            return .incomplete
        }
        var body: [UInt8] = []
        body.reserveCapacity(Int(bodyBytes))
        state = .expectingBody(method, properties, body, remaining: bodyBytes)
        return finishIfWhole()
    }

    mutating func body(_ bytes: UnsafeRawBufferPointer) throws(AMQPClientError) -> Result {
        let count = UInt64(bytes.count)
        switch state {
        case .expectingBody(let method, let properties, var body, let remaining):
            guard count <= remaining else { throw Self.outOfOrder("more body than announced") }
            // Empty the state first: the array must have one owner, else every frame copies what came before it.
            state = .idle
            body.append(contentsOf: bytes)
            state = .expectingBody(method, properties, body, remaining: remaining - count)
        case .skipping(let method, let bodyBytes, let remaining):
            guard count <= remaining else { throw Self.outOfOrder("more body than announced") }
            state = .skipping(method, bodyBytes: bodyBytes, remaining: remaining - count)
        case .idle, .expectingHeader:
            throw Self.outOfOrder("body without header")
        }
        return finishIfWhole()
    }

    private mutating func finishIfWhole() -> Result {
        switch state {
        case .expectingBody(let method, let properties, let body, remaining: 0):
            state = .idle
            return .complete(Content(method: method, properties: properties, body: body))
        case .skipping(let method, let bodyBytes, remaining: 0):
            state = .idle
            return .oversized(method, bodyBytes: bodyBytes)
        default:
            return .incomplete
        }
    }

    private static func outOfOrder(_ detail: String) -> AMQPClientError {
        AMQPClientError(.protocolViolation, operation: "content frames", detail: detail)
    }
}
