package import AMQPClient
import FaultPoints
import Foundation
package import Logging
import Metrics
import ServiceLifecycle

/// The front's side of the queue: sends sealed jobs and waits for sealed replies.
///
/// Nothing is ever sent twice to a worker's knowledge: a job that has no reply when the connection breaks is published
/// again on the next one, within its deadline, with the same message id and the same bytes; and a caller gets exactly
/// one outcome. Run it as a service: it connects in `run` and ends, when shut down gracefully, after the jobs in flight.
package final class JobSender: Service, Sendable {
    package struct Configuration: Sendable {
        package var transport: JobTransportConfiguration
        /// The partitions whose queues this front declares and sends to.
        package var partitions: [String]
        /// Jobs in flight; one more is refused at once.
        package var maximumInFlight = 1024
        /// How long a missing broker is bridged before jobs are refused at once.
        package var outage: Duration = .seconds(5)
        /// How long a graceful shutdown waits for replies.
        package var drain: Duration = .seconds(3)

        package init(transport: JobTransportConfiguration, partitions: [String]) {
            self.transport = transport
            self.partitions = partitions
        }
    }

    private let configuration: Configuration
    private let outbox: AMQPOutbox
    private let state: SenderState
    private let connection: AMQPConnection
    private let metrics = SendMetrics()

    /// - Throws: `invalidConfiguration`.
    package init(configuration: Configuration, logger: Logger) throws(AMQPClientError) {
        self.configuration = configuration
        let transport = configuration.transport
        var limits = InFlightJobs.Limits()
        limits.jobs = configuration.maximumInFlight
        limits.outage = configuration.outage
        let outbox = try AMQPOutbox(limits: transport.brokers.limits)
        let state = SenderState(outbox: outbox, exchange: transport.topology.exchanges.jobs.name, limits: limits)
        let log = ConnectionLog(logger: logger, purpose: "jobs")
        self.outbox = outbox
        self.state = state
        connection = try AMQPConnection(
            configuration: transport.brokers,
            plan: AMQPSessionPlan(
                topology: try transport.topology.jobs(partitions: configuration.partitions),
                subscriptions: [.init(consumerTag: "replies", source: .directReplyTo)]
            ),
            outbox: outbox,
            onEvents: { events in
                for event in events {
                    log.write(event)
                    Self.handle(event, state)
                }
            }
        )
    }

    /// Sends a job and waits for its reply.
    /// - Parameters:
    ///   - body: The sealed job. The broker and this module see nothing else of it.
    ///   - partition: One of those of the configuration.
    ///   - messageID: The job's identity, which also correlates the reply.
    ///   - deadline: Milliseconds since 1970. From here on a monotonic clock measures the time that is left.
    /// - Returns: The sealed reply.
    package func send(
        _ body: [UInt8],
        to partition: String,
        jobClass: JobClass,
        messageID: MessageID,
        deadline: Int64
    ) async throws(JobSendError) -> [UInt8] {
        let left = deadline - Int64(Date().timeIntervalSince1970 * 1000)
        let started = ContinuousClock.now
        let result = await state.send(
            body,
            routingKey: JobTopology.queue(partition: partition, jobClass: jobClass),
            id: messageID,
            timeLeft: .milliseconds(left)
        )
        metrics.record(result, jobClass: jobClass, duration: started.duration(to: .now))
        return try result.get()
    }

    /// How many jobs wait for their replies.
    package var inFlight: Int { state.count }

    /// Brings its metrics up to date, for a scrape.
    package func measure() {
        metrics.measure(inFlight: state.count, unknownReplies: state.unknownReplies)
    }

    /// How much waits in a partition's queues.
    package func queueDepths(partition: String) async throws(AMQPClientError) -> [QueueDepth] {
        try await outbox.depths(partition: partition)
    }

    package func run() async throws {
        connection.start()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [state] in
                // The deadlines' grain: no job outlives its deadline by more than this.
                while (try? await Task.sleep(for: .milliseconds(10))) != nil { state.handle(.clockAdvanced) }
            }
            // Throws when the task is cancelled: then nothing is waited for.
            if (try? await gracefulShutdown()) != nil {
                state.handle(.shutdown)
                let end = ContinuousClock.now + configuration.drain
                while state.count > 0, ContinuousClock.now < end, !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            state.handle(.abandon)
            group.cancelAll()
        }
        await connection.stop()
    }

    private static func handle(_ event: AMQPEvent, _ state: SenderState) {
        switch event {
        case .connected(let generation, _): state.handle(.connected(generation: generation))
        case .lost: state.handle(.lost)
        case .blocked(_, let isBlocked): state.handle(.blocked(isBlocked))
        case .confirmed(_, let tokens):
            FaultPoint.jobConfirmed.reached()
            state.handle(.confirmed(tokens))
        case .refused(_, let tokens): state.handle(.refused(tokens))
        case .returned(let returned):
            if let id = returned.properties.messageID.flatMap(MessageID.init(hex:)) { state.handle(.returned(id)) }
        case .delivered(let reply):
            // A reply without a usable id is one to nobody; a random id counts it as such.
            let id = reply.properties.correlationID.flatMap(MessageID.init(hex:)) ?? .random()
            state.handle(.replied(id, reply.body))
        case .connectFailed, .oversizedRejected, .stopped: break
        }
    }
}
