import AMQPClient
import TestServices
import Testing

/// One node for the suite, made by the first test.
private let sharedNode = Task { try await RabbitMQNode() }

@Suite(.enabled(if: ServiceRequirement.rabbitMQ.isMet))
struct AMQPConnectionIntegrationTests {
    private func plan(_ queue: String, prefetch: UInt16 = 10, arguments: [AMQPTopology.Argument] = [])
        -> AMQPSessionPlan
    {
        AMQPSessionPlan(
            topology: AMQPTopology(
                exchanges: [.init(name: "jobs", type: "direct", isDurable: true)],
                queues: [.init(name: queue, isDurable: true, arguments: arguments)],
                bindings: [.init(queue: queue, exchange: "jobs", routingKey: queue)]
            ),
            subscriptions: [.init(consumerTag: "jobs", source: .queue(name: queue, prefetch: prefetch))]
        )
    }

    private func message(_ key: String, body: [UInt8] = [1], mandatory: Bool = false, id: String = "m") -> AMQPMessage {
        AMQPMessage(
            exchange: "jobs",
            routingKey: key,
            properties: AMQPProperties(messageID: id, correlationID: "c", expiration: "60000"),
            body: body,
            isMandatory: mandatory
        )
    }

    @Test func carriesAMessageAndItsProperties() async throws {
        let test = try TestConnection(try await sharedNode.value.configuration(), plan: plan("carry"))
        let generation = try await test.up()
        test.outbox.setConsuming(true)
        try test.outbox.publish(message("carry", body: [1, 2, 3]), token: 42, generation: generation)
        let delivery = try await test.events.wait(for: "the delivery") { $0.deliveries.first }
        #expect(delivery.body == [1, 2, 3])
        #expect(delivery.consumerTag == "jobs")
        #expect(delivery.properties.messageID == "m")
        #expect(delivery.properties.correlationID == "c")
        #expect(delivery.properties.replyTo == nil)
        #expect(!delivery.isRedelivered)
        _ = try await test.events.wait(for: "the confirm") { $0.confirmed == [42] ? true : nil }
        test.outbox.acknowledge(deliveryTag: delivery.deliveryTag, multiple: false, generation: generation)
        await test.connection.stop()
    }

    @Test(arguments: [0, 1, 131_063, 131_064, 131_065, 1 << 20, 4 << 20])
    func carriesBodiesAroundAndAboveTheFrameSize(_ size: Int) async throws {
        let queue = "size-\(size)"
        let test = try TestConnection(try await sharedNode.value.configuration(), plan: plan(queue))
        let generation = try await test.up()
        test.outbox.setConsuming(true)
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try test.outbox.publish(message(queue, body: body), token: nil, generation: generation)
        let delivery = try await test.events.wait(for: "the delivery") { $0.deliveries.first }
        #expect(delivery.body == body)
        test.outbox.acknowledge(deliveryTag: delivery.deliveryTag, multiple: false, generation: generation)
        await test.connection.stop()
    }

    @Test func rejectsABodyAboveTheLimitAndGoesOn() async throws {
        var small = try await sharedNode.value.configuration()
        small.limits.bodyBytes = 1000
        let receiver = try TestConnection(small, plan: plan("oversized"))
        let sender = try TestConnection(try await sharedNode.value.configuration())
        receiver.outbox.setConsuming(true)
        try await receiver.up()
        let generation = try await sender.up()
        for size in [1001, 300_000, 1000] {
            let body = [UInt8](repeating: 7, count: size)
            try sender.outbox.publish(message("oversized", body: body), token: nil, generation: generation)
        }
        let delivery = try await receiver.events.wait(for: "the delivery") { $0.deliveries.first }
        #expect(delivery.body.count == 1000)
        let sizes = receiver.events.all.compactMap { event -> UInt64? in
            guard case .oversizedRejected(_, let bytes) = event else { return nil }
            return bytes
        }
        #expect(sizes == [1001, 300_000])
        await receiver.connection.stop()
        await sender.connection.stop()
    }

    @Test func reportsAReturnBeforeItsConfirm() async throws {
        let test = try TestConnection(try await sharedNode.value.configuration(), plan: plan("returns"))
        let generation = try await test.up()
        try test.outbox.publish(
            message("nowhere", mandatory: true, id: "lost"),
            token: 5,
            generation: generation
        )
        _ = try await test.events.wait(for: "the confirm") { $0.confirmed == [5] ? true : nil }
        let order = test.events.all.compactMap { event -> String? in
            switch event {
            case .returned(let returned): "returned \(returned.properties.messageID ?? "") \(returned.code)"
            case .confirmed: "confirmed"
            default: nil
            }
        }
        #expect(order == ["returned lost 312", "confirmed"])
        await test.connection.stop()
    }

    @Test func aFullQueueRefuses() async throws {
        let arguments = [
            AMQPTopology.Argument("x-max-length", .integer(3)), .init("x-overflow", .text("reject-publish")),
        ]
        let test = try TestConnection(
            try await sharedNode.value.configuration(),
            plan: plan("full", arguments: arguments)
        )
        let generation = try await test.up()
        for token in 1...8 as ClosedRange<UInt64> {
            try test.outbox.publish(message("full"), token: token, generation: generation)
        }
        let refused = try await test.events.wait(for: "all outcomes") { events in
            events.confirmed.count + events.refused.count == 8 ? events.refused : nil
        }
        #expect(refused.sorted() == [4, 5, 6, 7, 8])
        let depth = try await test.outbox.depth(queue: "full")
        #expect(depth?.messages == 3 && depth?.consumers == 0)
        await test.connection.stop()
    }

    @Test func tellsDepthsAndSurvivesAQueueThatDoesNotExist() async throws {
        let test = try TestConnection(try await sharedNode.value.configuration(), plan: plan("depth"))
        let generation = try await test.up()
        #expect(try await test.outbox.depth(queue: "no such queue") == nil)
        #expect(try await test.outbox.depth(queue: "depth")?.messages == 0)
        #expect(try await test.outbox.depth(queue: "no such queue") == nil)
        #expect(test.events.generation == generation)
        await test.connection.stop()
    }

    @Test func pausesAndResumesConsuming() async throws {
        let test = try TestConnection(try await sharedNode.value.configuration(), plan: plan("pause"))
        let generation = try await test.up()
        test.outbox.setConsuming(true)
        try test.outbox.publish(message("pause", body: [1]), token: nil, generation: generation)
        let first = try await test.events.wait(for: "the first delivery") { $0.deliveries.first }
        test.outbox.acknowledge(deliveryTag: first.deliveryTag, multiple: false, generation: generation)
        test.outbox.setConsuming(false)
        while try await test.outbox.depth(queue: "pause")?.consumers != 0 {}
        try test.outbox.publish(message("pause", body: [2]), token: 9, generation: generation)
        _ = try await test.events.wait(for: "the confirm") { $0.confirmed == [9] ? true : nil }
        #expect(try await test.outbox.depth(queue: "pause")?.messages == 1)
        test.outbox.setConsuming(true)
        let second = try await test.events.wait(for: "the second delivery") { $0.deliveries.dropFirst().first }
        #expect(second.body == [2])
        test.outbox.reject(deliveryTag: second.deliveryTag, requeue: true, generation: generation)
        let third = try await test.events.wait(for: "the redelivery") { $0.deliveries.dropFirst(2).first }
        #expect(third.body == [2] && third.isRedelivered)
        test.outbox.acknowledge(deliveryTag: third.deliveryTag, multiple: false, generation: generation)
        await test.connection.stop()
    }

    @Test func repliesDirectlyAndListensOnATopic() async throws {
        let topic = AMQPTopology(exchanges: [.init(name: "fleet", type: "topic", isDurable: true)])
        let client = try TestConnection(
            try await sharedNode.value.configuration(),
            plan: AMQPSessionPlan(
                topology: topic,
                subscriptions: [
                    .init(consumerTag: "replies", source: .directReplyTo),
                    .init(
                        consumerTag: "fleet",
                        source: .temporaryQueue(exchange: "fleet", routingKeys: ["a.*"], maximumLength: 10)
                    ),
                ]
            )
        )
        let server = try TestConnection(try await sharedNode.value.configuration(), plan: plan("direct"))
        server.outbox.setConsuming(true)
        let serverGeneration = try await server.up()
        let generation = try await client.up()
        var request = message("direct")
        request.properties.replyTo = AMQPMessage.directReplyTo
        try client.outbox.publish(request, token: nil, generation: generation)
        let delivery = try await server.events.wait(for: "the request") { $0.deliveries.first }
        let replyTo = try #require(delivery.properties.replyTo)
        #expect(replyTo != AMQPMessage.directReplyTo, "the broker rewrites it")
        let reply = AMQPMessage(exchange: "", routingKey: replyTo, body: [9])
        try server.outbox.publish(reply, token: nil, generation: serverGeneration)
        for key in ["a.one", "b.two", "a.three"] {
            let notice = AMQPMessage(exchange: "fleet", routingKey: key, body: [1])
            try server.outbox.publish(notice, token: nil, generation: serverGeneration)
        }
        let deliveries = try await client.events.wait(for: "three deliveries") { events in
            events.deliveries.count == 3 ? events.deliveries : nil
        }
        #expect(deliveries.filter { $0.consumerTag == "replies" }.map(\.body) == [[9]])
        #expect(deliveries.filter { $0.consumerTag == "fleet" }.map(\.routingKey) == ["a.one", "a.three"])
        await client.connection.stop()
        await server.connection.stop()
    }

    @Test func saysWhyItCannotConnect() async throws {
        let node = try await sharedNode.value
        let folder = try TemporaryFolder()
        var wrongPassword = node.configuration()
        wrongPassword.authentication = .credentialsFile(path: try folder.write("keyferry\nwrong\n", to: "wrong"))
        var nobodyListens = node.configuration()
        nobodyListens.endpoints = [AMQPEndpoint(host: "127.0.0.1", port: try FreePort.find())]
        var noSuchVirtualHost = node.configuration()
        noSuchVirtualHost.endpoints = [AMQPEndpoint(host: "127.0.0.1", port: node.port, virtualHost: "nowhere")]
        var noFile = node.configuration()
        noFile.authentication = .credentialsFile(path: folder.file("missing"))
        let cases: [(AMQPConfiguration, AMQPClientError.Code)] = [
            (wrongPassword, .accessRefused), (nobodyListens, .unreachable), (noSuchVirtualHost, .accessRefused),
            (noFile, .credentialsUnusable),
        ]
        for (configuration, code) in cases {
            let test = try TestConnection(configuration)
            let error = try await test.events.wait(for: "\(code)") { $0.connectError }
            #expect(error.code == code, "\(error)")
            await test.connection.stop()
        }
    }

    @Test func refusesATopologyThatDiffers() async throws {
        let node = try await sharedNode.value
        let first = try TestConnection(node.configuration(), plan: plan("differs"))
        try await first.up()
        let second = try TestConnection(
            node.configuration(),
            plan: plan("differs", arguments: [AMQPTopology.Argument("x-max-length", .integer(1))])
        )
        let error = try await second.events.wait(for: "the refusal") { $0.connectError }
        #expect(error.code == .preconditionFailed)
        #expect(error.description.contains("differs"), "\(error)")
        await first.connection.stop()
        await second.connection.stop()
    }
}
