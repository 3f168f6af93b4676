import AMQPClient
import Testing

@testable import JobTransport

@Suite struct JobTopologyTests {
    @Test func declaresAQueueForEachClassOfAPartition() throws {
        let topology = try JobTopology().jobs(partitions: ["east"])
        #expect(topology.exchanges == [.init(name: "keyferry.jobs", type: "direct", isDurable: true)])
        #expect(topology.queues.map(\.name) == ["east.interactive", "east.operator", "east.bulk"])
        #expect(
            topology.queues[0].arguments == [
                .init("x-queue-type", .text("classic")), .init("x-max-length", .integer(1024)),
                .init("x-max-length-bytes", .integer(268_435_456)), .init("x-overflow", .text("reject-publish")),
            ]
        )
        #expect(
            topology.bindings[1]
                == .init(queue: "east.operator", exchange: "keyferry.jobs", routingKey: "east.operator")
        )
    }

    @Test func theQueueTypeIsASetting() throws {
        var topology = try JobTopology()
        topology.jobQueues.type = "quorum"
        let arguments = try topology.jobs(partitions: ["p"]).queues.map { $0.arguments[0] }
        #expect(arguments == Array(repeating: .init("x-queue-type", .text("quorum")), count: 3))
    }

    @Test func theFleetSideHasItsExchanges() throws {
        #expect(
            try JobTopology().fleet().exchanges == [
                .init(name: "keyferry.fleet", type: "topic", isDurable: true),
                .init(name: "keyferry.audit", type: "topic", isDurable: true),
            ]
        )
    }

    @Test(arguments: ["", "a.b", "A", "a b", "*", "#", "é", String(repeating: "a", count: 65)])
    func refusesPartitionsThatAreNoWordOfARoutingKey(_ name: String) throws {
        let topology = try JobTopology()
        #expect(throws: AMQPClientError(.invalidConfiguration, operation: "")) {
            try topology.jobs(partitions: ["good", name])
        }
    }
}
