import Metrics

/// How jobs end, as a front sees it.
struct SendMetrics: Sendable {
    /// Replies that came late, twice, or to nobody.
    let unknownReplies = Gauge(label: "keyferry_unknown_replies")

    func record(_ result: Result<[UInt8], JobSendError>, jobClass: JobClass, duration: Duration) {
        let outcome =
            switch result {
            case .success: "replied"
            case .failure(let error): error.code.rawValue
            }
        let dimensions = [("class", jobClass.rawValue), ("outcome", outcome)]
        Counter(label: "keyferry_jobs_sent_total", dimensions: dimensions).increment()
        Timer(label: "keyferry_job_duration", dimensions: dimensions).record(duration: duration)
    }
}

/// What a worker takes and gives back.
struct ConsumeMetrics: Sendable {
    let delivered = Counter(label: "keyferry_jobs_delivered_total")
    let redelivered = Counter(label: "keyferry_jobs_redelivered_total")
    let requeued = Counter(label: "keyferry_jobs_requeued_total")
    let batchSize = Recorder(label: "keyferry_batch_size")
}

/// What of the fleet's messages was lost on the way.
struct FleetMetrics: Sendable {
    let unsent = Counter(label: "keyferry_fleet_unsent_total")
    let gaps = Counter(label: "keyferry_fleet_gaps_total")
}
