import AMQPClient
import TestServices
import Testing

/// Brokers that die, stop and come back. Each test has a node of its own.
@Suite(.serialized, .enabled(if: ServiceRequirement.rabbitMQ.isMet))
struct BrokerFailureIntegrationTests {
    private let plan = AMQPSessionPlan(
        topology: AMQPTopology(
            exchanges: [.init(name: "jobs", type: "direct", isDurable: true)],
            queues: [.init(name: "q", isDurable: true)],
            bindings: [.init(queue: "q", exchange: "jobs", routingKey: "q")]
        ),
        subscriptions: [.init(consumerTag: "jobs", source: .queue(name: "q", prefetch: 10))]
    )

    private func message(_ body: [UInt8]) -> AMQPMessage { AMQPMessage(exchange: "jobs", routingKey: "q", body: body) }

    @Test func reconnectsAndConsumesAgainAfterKillAndOrderlyStop() async throws {
        let node = try await RabbitMQNode()
        let test = try TestConnection(node.configuration(), plan: plan)
        test.outbox.setConsuming(true)
        var generation = try await test.up()
        for stop in [node.kill, node.stop] {
            await stop()
            _ = try await test.events.wait(for: "the loss") { $0.generation == nil ? true : nil }
            #expect(throws: AMQPClientError(.notConnected, operation: "")) {
                try test.outbox.publish(message([1]), token: nil, generation: generation)
            }
            try await node.start()
            generation = try await test.up(after: generation)
            let count = test.events.deliveries.count
            try test.outbox.publish(message([1]), token: nil, generation: generation)
            let delivery = try await test.events.wait(for: "a delivery") { $0.deliveries.dropFirst(count).first }
            #expect(delivery.generation == generation)
            test.outbox.acknowledge(deliveryTag: delivery.deliveryTag, multiple: false, generation: generation)
        }
        await test.connection.stop()
        await node.end()
    }

    /// The first broker never answers, the second refuses (its password is another), the third is the first again,
    /// thawed: the list is walked round, and every stop is left within its limit.
    @Test func givesUpAFrozenBrokerAndWalksTheList() async throws {
        let node = try await RabbitMQNode()
        let other = try await RabbitMQNode()
        var configuration = node.configuration()
        configuration.endpoints.append(AMQPEndpoint(host: "127.0.0.1", port: other.port))
        configuration.limits.heartbeatSeconds = 1
        let test = try TestConnection(configuration, plan: plan)
        let generation = try await test.up()
        node.freeze()
        _ = try await test.events.wait(for: "the loss") { $0.generation == nil ? true : nil }
        let errors = test.events.all.compactMap { event -> AMQPClientError? in
            guard case .lost(generation, let error) = event else { return nil }
            return error
        }
        #expect(errors == [AMQPClientError(.heartbeatMissed, operation: "")])
        _ = try await test.events.wait(for: "the other's refusal") {
            $0.connectError?.code == .accessRefused ? true : nil
        }
        _ = try await test.events.wait(for: "the first's silence") { $0.connectError?.code == .timedOut ? true : nil }
        node.thaw()
        try await test.up(after: generation)
        await test.connection.stop()
        await node.end()
        await other.end()
    }

    /// A publish into the full socket of a stopped broker blocks past every heartbeat but for TCP_USER_TIMEOUT.
    @Test func aFullSocketOfAFrozenBrokerIsGivenUp() async throws {
        let node = try await RabbitMQNode()
        let test = try TestConnection(node.configuration(), plan: plan)
        let generation = try await test.up()
        node.freeze()
        let megabyte = message([UInt8](repeating: 1, count: 1 << 20))
        for _ in 0..<32 { try test.outbox.publish(megabyte, token: nil, generation: generation) }
        _ = try await test.events.wait(for: "the loss") { $0.generation == nil ? true : nil }
        node.thaw()
        try await test.up(after: generation)
        await test.connection.stop()
        await node.end()
    }

    @Test func stopsWhileTheBrokerIsFrozen() async throws {
        let node = try await RabbitMQNode()
        let test = try TestConnection(node.configuration(), plan: plan)
        try await test.up()
        node.freeze()
        await test.connection.stop()
        guard case .stopped = test.events.all.last else {
            Issue.record("the last event is not the end")
            return
        }
        node.thaw()
        await node.end()
    }
}
