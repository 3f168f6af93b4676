package import AMQPClient
import Foundation

/// The exchanges and queues of `Schemas/amqp/topology.json`; see the README beside it.
package struct JobTopology: Sendable, Decodable {
    package struct Exchange: Sendable, Decodable {
        package let name: String
        package let type: String
    }

    package struct Exchanges: Sendable, Decodable {
        package let jobs: Exchange
        package let fleet: Exchange
        package let audit: Exchange
    }

    package struct JobQueues: Sendable, Decodable {
        /// `classic` or `quorum`. Everything that connects to a broker must agree on it.
        package var type: String
        package var overflow: String
        package var maximumBytes: Int64
        /// By class.
        package var maximumLength: [String: Int64]
    }

    package let exchanges: Exchanges
    package var jobQueues: JobQueues

    /// The topology as compiled in.
    package init() throws(AMQPClientError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(PackageResources.topology_json))
        } catch {
            throw AMQPClientError(.invalidConfiguration, operation: "topology.json", detail: "\(error)")
        }
        guard JobClass.allCases.allSatisfy({ jobQueues.maximumLength[$0.rawValue] != nil }) else {
            throw AMQPClientError(.invalidConfiguration, operation: "topology.json", detail: "a class has no length")
        }
    }

    /// Whether a name can be a partition's: it becomes a word of routing keys, and no dot may make two of it.
    package static func isPartition(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
            }
    }

    /// The name of a partition's queue, which is also its routing key.
    package static func queue(partition: String, jobClass: JobClass) -> String {
        "\(partition).\(jobClass.rawValue)"
    }

    /// What a front or a worker declares of the job side.
    func jobs(partitions: [String]) throws(AMQPClientError) -> AMQPTopology {
        guard partitions.allSatisfy(Self.isPartition) else {
            throw AMQPClientError(
                .invalidConfiguration,
                operation: "partition",
                detail: "a name consists of a-z, 0-9, - and _, at most 64 of them"
            )
        }
        var topology = AMQPTopology(exchanges: [declaration(exchanges.jobs)])
        for partition in partitions {
            for jobClass in JobClass.allCases {
                let name = Self.queue(partition: partition, jobClass: jobClass)
                topology.queues.append(
                    AMQPTopology.Queue(name: name, isDurable: true, arguments: arguments(jobClass))
                )
                topology.bindings.append(
                    AMQPTopology.Binding(queue: name, exchange: exchanges.jobs.name, routingKey: name)
                )
            }
        }
        return topology
    }

    /// What is declared of the fleet side.
    func fleet() -> AMQPTopology {
        AMQPTopology(exchanges: [declaration(exchanges.fleet), declaration(exchanges.audit)])
    }

    private func declaration(_ exchange: Exchange) -> AMQPTopology.Exchange {
        AMQPTopology.Exchange(name: exchange.name, type: exchange.type, isDurable: true)
    }

    private func arguments(_ jobClass: JobClass) -> [AMQPTopology.Argument] {
        [
            AMQPTopology.Argument("x-queue-type", .text(jobQueues.type)),
            AMQPTopology.Argument("x-max-length", .integer(jobQueues.maximumLength[jobClass.rawValue] ?? 0)),
            AMQPTopology.Argument("x-max-length-bytes", .integer(jobQueues.maximumBytes)),
            AMQPTopology.Argument("x-overflow", .text(jobQueues.overflow)),
        ]
    }
}
