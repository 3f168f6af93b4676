package import AMQPClient
package import Logging
import Metrics
import ServiceLifecycle
import Synchronization

/// The worker's side of the queue: gives out sealed jobs in batches and takes sealed replies.
///
/// It consumes nothing until `resume` is called. Run it as a service; when shut down gracefully it stops consuming,
/// gives back what was not handed out, waits a while for what was, and ends.
package final class JobConsumer: Service, Sendable {
    package struct Configuration: Sendable {
        package var transport: JobTransportConfiguration
        package var partition: String
        /// Jobs in one batch.
        package var maximumBatch = 64
        /// Unacknowledged jobs of each class.
        package var prefetch: [JobClass: UInt16] = [.interactive: 128, .operator: 16, .bulk: 16]
        /// How long a graceful shutdown waits for the jobs handed out.
        package var drain: Duration = .seconds(3)

        package init(transport: JobTransportConfiguration, partition: String) {
            self.transport = transport
            self.partition = partition
        }
    }

    /// The longest sealed reply that is sent, in bytes, unless the brokers' limits are configured otherwise. The job of
    /// a longer one is acknowledged, and who waits for the reply waits until the deadline.
    package static let largestReply = AMQPConfiguration.Limits().bodyBytes

    private let configuration: Configuration
    private let outbox: AMQPOutbox
    private let state: ConsumerState
    private let connection: AMQPConnection

    /// - Throws: `invalidConfiguration`.
    package init(configuration: Configuration, logger: Logger) throws(AMQPClientError) {
        self.configuration = configuration
        let transport = configuration.transport
        let subscriptions = JobClass.allCases.map { jobClass in
            AMQPSessionPlan.Subscription(
                consumerTag: jobClass.rawValue,
                source: .queue(
                    name: JobTopology.queue(partition: configuration.partition, jobClass: jobClass),
                    prefetch: configuration.prefetch[jobClass] ?? 1
                )
            )
        }
        let outbox = try AMQPOutbox(limits: transport.brokers.limits)
        let limit = transport.brokers.limits.bodyBytes
        let state = ConsumerState(outbox: outbox, maximumBatch: configuration.maximumBatch) { reply in
            logger.error(
                "a reply is too large to be sent; its job is given up",
                metadata: [
                    "request": "\(reply.messageID?.hex ?? "none")", "bytes": "\(reply.byteCount)", "limit": "\(limit)",
                ]
            )
        }
        let log = ConnectionLog(logger: logger, purpose: "jobs")
        self.outbox = outbox
        self.state = state
        connection = try AMQPConnection(
            configuration: transport.brokers,
            plan: AMQPSessionPlan(
                topology: try transport.topology.jobs(partitions: [configuration.partition]),
                subscriptions: subscriptions
            ),
            outbox: outbox,
            onEvents: { events in
                for event in events { log.write(event) }
                state.handle(events)
            }
        )
    }

    /// The next batch: what has arrived, operators' jobs first and then clients', up to the bound; a redelivered job
    /// alone.
    ///
    /// One caller at a time. Every job of a batch is to be settled, in any order; the next batch does not wait for that.
    /// - Returns: Nil when this consumer ends or the task is cancelled.
    package func nextBatch() async -> [JobDelivery]? { await state.nextBatch() }

    /// Publishes replies, then acknowledges. Does not wait. Settlements of jobs whose connection is gone are dropped:
    /// the broker gives those jobs out again. A reply longer than `largestReply` is not sent, and its job acknowledged.
    package func settle(_ settlements: [JobSettlement]) { state.settle(settlements) }

    /// Stops consuming and gives back what has not been handed out, for as long as the HSM is out of order.
    package func pause() {
        outbox.setConsuming(false)
        state.pause()
    }

    /// Starts consuming.
    package func resume() {
        state.resume()
        outbox.setConsuming(true)
    }

    /// Whether jobs reach this consumer: it is connected and not paused.
    package var isConsuming: Bool { state.isConsuming }

    /// How much waits in the partition's queues.
    package func queueDepths() async throws(AMQPClientError) -> [QueueDepth] {
        try await outbox.depths(partition: configuration.partition)
    }

    package func run() async throws {
        connection.start()
        // Throws when the task is cancelled: then nothing is waited for.
        let isGraceful = (try? await gracefulShutdown()) != nil
        pause()
        state.endBatches()
        let end = ContinuousClock.now + configuration.drain
        while isGraceful, !state.isSettled, ContinuousClock.now < end, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(10))
        }
        await connection.stop()
    }
}
