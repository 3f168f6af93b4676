import Testing

@testable import AMQPClient

@Suite struct AMQPOutboxTests {
    private let message = AMQPMessage(exchange: "e", routingKey: "k", body: [1, 2, 3, 4])

    private func outbox(messages: Int = 10, bytes: Int = 100) throws -> AMQPOutbox {
        var limits = AMQPConfiguration.Limits()
        limits.outgoingMessages = messages
        limits.outgoingBytes = bytes
        limits.bodyBytes = 50
        return try AMQPOutbox(limits: limits)
    }

    @Test func refusesWhatIsForAnotherConnection() throws {
        let outbox = try outbox()
        #expect(throws: AMQPClientError(.notConnected, operation: "")) {
            try outbox.publish(message, token: nil, generation: 1)
        }
        outbox.connected(generation: 2)
        #expect(throws: AMQPClientError(.notConnected, operation: "")) {
            try outbox.publish(message, token: nil, generation: 1)
        }
        outbox.acknowledge(deliveryTag: 7, multiple: true, generation: 1)
        outbox.reject(deliveryTag: 7, requeue: true, generation: 1)
        #expect(outbox.take().isEmpty, "a late acknowledgement is dropped")
        try outbox.publish(message, token: nil, generation: 2)
        #expect(outbox.take().count == 1)
    }

    @Test func boundsMessagesAndBytesButNeverAcknowledgements() throws {
        for outbox in [try outbox(messages: 2), try outbox(bytes: 8)] {
            outbox.connected(generation: 1)
            try outbox.publish(message, token: 1, generation: 1)
            try outbox.publish(message, token: 2, generation: 1)
            #expect(throws: AMQPClientError(.outgoingQueueFull, operation: "")) {
                try outbox.publish(message, token: 3, generation: 1)
            }
            outbox.acknowledge(deliveryTag: 1, multiple: false, generation: 1)
            #expect(outbox.take().count == 3)
            try outbox.publish(message, token: 3, generation: 1)
        }
    }

    @Test func refusesWhatTheWireCannotCarry() throws {
        let outbox = try outbox()
        outbox.connected(generation: 1)
        var longKey = message
        longKey.routingKey = String(repeating: "k", count: 256)
        var longBody = message
        longBody.body = [UInt8](repeating: 0, count: 51)
        for tooLarge in [longKey, longBody] {
            #expect(throws: AMQPClientError(.messageTooLarge, operation: "")) {
                try outbox.publish(tooLarge, token: nil, generation: 1)
            }
        }
    }

    @Test func endsQuestionsWhenTheConnectionIsLost() async throws {
        let outbox = try outbox()
        await #expect(throws: AMQPClientError(.notConnected, operation: "")) { try await outbox.depth(queue: "q") }
        outbox.connected(generation: 1)
        let depth = Task { try await outbox.depth(queue: "q") }
        while outbox.waitingCount == 0 { await Task.yield() }
        outbox.disconnected()
        await #expect(throws: AMQPClientError(.notConnected, operation: "")) { try await depth.value }
    }
}
