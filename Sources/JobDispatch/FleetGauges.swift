import JobTransport
import Metrics

/// What a front hears of its partition, as numbers.
struct FleetGauges: Sendable {
    private let heard = Gauge(label: "keyferry_workers_heard")
    private let healthy = Gauge(label: "keyferry_workers_healthy")
    private let generation = Gauge(label: "keyferry_authority_generation")
    private let queues: [JobTransport.JobClass: Gauge]

    init() {
        let gauges = JobTransport.JobClass.allCases.map { jobClass in
            (jobClass, Gauge(label: "keyferry_queue_jobs", dimensions: [("class", jobClass.rawValue)]))
        }
        queues = Dictionary(uniqueKeysWithValues: gauges)
    }

    func record(_ fleet: FleetState, monotonic: Int64) {
        let counts = fleet.counts(monotonic: monotonic)
        heard.record(counts.heard)
        healthy.record(counts.healthy)
        generation.record(Double(counts.newestGeneration))
    }

    func record(_ depths: [QueueDepth]) {
        for depth in depths { queues[depth.jobClass]?.record(depth.messages) }
    }
}
