import AMQPClient
import Metrics
import Synchronization

/// How jobs end, as a front sees it.
final class SendMetrics: Sendable {
    private struct Key: Hashable {
        let jobClass: JobClass
        let outcome: String
    }

    private let sent: [Key: Counter]
    private let duration: [JobClass: Timer]
    private let inFlight = Gauge(label: "keyferry_jobs_in_flight")
    private let unknownReplies = Counter(label: "keyferry_job_replies_unknown_total")
    private let unknownCounted = Mutex(0)

    private static let replied = "replied"

    init() {
        var sent: [Key: Counter] = [:]
        var duration: [JobClass: Timer] = [:]
        for jobClass in JobClass.allCases {
            for outcome in [Self.replied] + JobSendError.Code.allCases.map(\.rawValue) {
                sent[Key(jobClass: jobClass, outcome: outcome)] = Counter(
                    label: "keyferry_jobs_sent_total",
                    dimensions: [("class", jobClass.rawValue), ("outcome", outcome)]
                )
            }
            duration[jobClass] = Timer(
                label: "keyferry_job_duration_seconds",
                dimensions: [("class", jobClass.rawValue)]
            )
        }
        self.sent = sent
        self.duration = duration
    }

    func record(_ result: Result<[UInt8], JobSendError>, jobClass: JobClass, duration elapsed: Duration) {
        switch result {
        case .success:
            sent[Key(jobClass: jobClass, outcome: Self.replied)]?.increment()
            duration[jobClass]?.record(duration: elapsed)
        case .failure(let error):
            sent[Key(jobClass: jobClass, outcome: error.code.rawValue)]?.increment()
        }
    }

    func measure(inFlight count: Int, unknownReplies unknown: Int) {
        inFlight.record(count)
        unknownCounted.withLock { counted in
            unknownReplies.increment(by: unknown - counted)
            counted = unknown
        }
    }
}

/// How a connection to the broker fares.
struct ConnectionMetrics: Sendable {
    private let connected: Gauge
    private let blocked: Gauge
    private let connects: Counter
    private let failures: Counter
    private let losses: Counter

    /// - Parameter purpose: what the connection is for: one word.
    init(purpose: String) {
        let dimensions = [("purpose", purpose)]
        connected = Gauge(label: "keyferry_broker_connected", dimensions: dimensions)
        blocked = Gauge(label: "keyferry_broker_blocked", dimensions: dimensions)
        connects = Counter(label: "keyferry_broker_connects_total", dimensions: dimensions)
        failures = Counter(label: "keyferry_broker_connect_failures_total", dimensions: dimensions)
        losses = Counter(label: "keyferry_broker_connections_lost_total", dimensions: dimensions)
    }

    func record(_ event: AMQPEvent) {
        switch event {
        case .connected:
            connects.increment()
            connected.record(1)
            blocked.record(0)
        case .connectFailed:
            failures.increment()
        case .lost:
            losses.increment()
            connected.record(0)
            blocked.record(0)
        case .blocked(_, let isBlocked):
            blocked.record(isBlocked ? 1 : 0)
        case .stopped:
            connected.record(0)
        case .confirmed, .refused, .returned, .delivered, .oversizedRejected:
            break
        }
    }
}

/// What a worker takes and gives back.
struct ConsumeMetrics: Sendable {
    let delivered = Counter(label: "keyferry_jobs_delivered_total")
    let redelivered = Counter(label: "keyferry_jobs_redelivered_total")
    let requeued = Counter(label: "keyferry_jobs_requeued_total")
    let batchSize = Recorder(label: "keyferry_batch_jobs")
}

/// What of the fleet's messages was lost on the way.
struct FleetMetrics: Sendable {
    let unsent = Counter(label: "keyferry_fleet_messages_unsent_total")
    let gaps = Counter(label: "keyferry_fleet_gaps_total")
}
