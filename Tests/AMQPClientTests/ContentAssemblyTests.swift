import Testing

@testable import AMQPClient

@Suite struct ContentAssemblyTests {
    private typealias Assembly = ContentAssembly<String>
    private let violation = AMQPClientError(.protocolViolation, operation: "")

    private func body(_ bytes: [UInt8], into assembly: inout Assembly) throws -> Assembly.Result {
        // A typed error does not pass through the closure of `withUnsafeBytes`.
        let result = bytes.withUnsafeBytes { raw in Result { try assembly.body(raw) } }
        return try result.get()
    }

    @Test func joinsBodyFrames() throws {
        var assembly = Assembly(bodyLimit: 10)
        try assembly.begin("deliver")
        guard case .incomplete = try assembly.header(bodyBytes: 5, properties: AMQPProperties(messageID: "m")) else {
            Issue.record("complete after the header")
            return
        }
        guard case .incomplete = try body([1, 2, 3], into: &assembly) else {
            Issue.record("complete after three bytes of five")
            return
        }
        guard case .complete(let content) = try body([4, 5], into: &assembly) else {
            Issue.record("incomplete after five bytes of five")
            return
        }
        #expect(content.method == "deliver")
        #expect(content.properties.messageID == "m")
        #expect(content.body == [1, 2, 3, 4, 5])
        try assembly.begin("next")
    }

    @Test func anEmptyBodyHasNoFrames() throws {
        var assembly = Assembly(bodyLimit: 10)
        try assembly.begin("deliver")
        guard case .complete(let content) = try assembly.header(bodyBytes: 0, properties: AMQPProperties()) else {
            Issue.record("incomplete")
            return
        }
        #expect(content.body.isEmpty)
    }

    @Test func readsOverABodyAboveTheLimit() throws {
        var assembly = Assembly(bodyLimit: 4)
        try assembly.begin("deliver")
        _ = try assembly.header(bodyBytes: 5, properties: AMQPProperties())
        guard case .incomplete = try body([1, 2, 3], into: &assembly),
            case .oversized("deliver", bodyBytes: 5) = try body([4, 5], into: &assembly)
        else {
            Issue.record("not reported as oversized")
            return
        }
        try assembly.begin("next")
    }

    @Test func anAnnouncedSizeBeyondMemoryReservesNothing() throws {
        var assembly = Assembly(bodyLimit: 4)
        try assembly.begin("deliver")
        guard case .incomplete = try assembly.header(bodyBytes: .max, properties: AMQPProperties()) else {
            Issue.record("complete")
            return
        }
    }

    @Test func refusesFramesOutOfOrder() throws {
        var assembly = Assembly(bodyLimit: 10)
        #expect(throws: violation) { try assembly.header(bodyBytes: 1, properties: AMQPProperties()) }
        #expect(throws: violation) { try body([1], into: &assembly) }
        try assembly.begin("deliver")
        #expect(throws: violation) { try assembly.begin("deliver") }
        #expect(throws: violation) { try body([1], into: &assembly) }
    }

    @Test func refusesMoreBodyThanAnnounced() throws {
        var assembly = Assembly(bodyLimit: 10)
        try assembly.begin("deliver")
        _ = try assembly.header(bodyBytes: 2, properties: AMQPProperties())
        #expect(throws: violation) { try body([1, 2, 3], into: &assembly) }
    }
}
