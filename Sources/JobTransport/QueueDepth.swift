import AMQPClient

/// How much waits for a partition's workers, for `keyferry status`.
package struct QueueDepth: Sendable, Equatable {
    package let jobClass: JobClass
    /// Jobs that no worker has taken yet.
    package let messages: Int
    /// Consumers: one for each worker that is not paused.
    package let consumers: Int
}

extension AMQPOutbox {
    /// The depths of a partition's queues; a queue that does not exist is left out.
    func depths(partition: String) async throws(AMQPClientError) -> [QueueDepth] {
        var depths: [QueueDepth] = []
        for jobClass in JobClass.allCases {
            guard let depth = try await depth(queue: JobTopology.queue(partition: partition, jobClass: jobClass))
            else { continue }
            depths.append(QueueDepth(jobClass: jobClass, messages: depth.messages, consumers: depth.consumers))
        }
        return depths
    }
}
