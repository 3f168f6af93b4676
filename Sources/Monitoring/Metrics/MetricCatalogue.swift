/// Every metric that a process of Keyferry has: `docs/monitoring.md` has the same as a table, which a test holds.
///
/// They are described here, and recorded by their names in the modules where things happen. Buckets are part of what
/// operators build upon: add to them with care.
package enum MetricCatalogue {
    package static let all = process + clients + operators + jobs + fleet + worker + hsm + store

    /// For what takes milliseconds: from half of one to ten seconds.
    static let waits: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// For one call of a token or of the store: from 25 microseconds.
    static let calls: [Double] = [
        0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10,
    ]

    /// Every process.
    static let process: [MetricDescription] = [
        MetricDescription("keyferry_build_info", .gauge, labels: ["version"], help: "1; the label tells the version."),
        MetricDescription("keyferry_ready", .gauge, help: "1 if /readyz says so at this moment, else 0."),
        MetricDescription(
            "keyferry_certificate_days_left",
            .gauge,
            labels: ["certificate"],
            help: "Days until a certificate of this process expires; negative when it has."
        ),
        MetricDescription(
            "keyferry_secure_memory_used_bytes",
            .gauge,
            help: "Locked memory for key material that is in use."
        ),
        MetricDescription("keyferry_secure_memory_bytes", .gauge, help: "Size of the memory for key material."),
        MetricDescription(
            "keyferry_secure_memory_locked",
            .gauge,
            help: "1 if the memory for key material can't reach swap, else 0."
        ),
        MetricDescription(
            "process_start_time_seconds",
            .gauge,
            help: "When the process started, in seconds since 1970."
        ),
        MetricDescription("process_cpu_seconds_total", .counter, help: "Processor time of the process."),
        MetricDescription("process_resident_memory_bytes", .gauge, help: "Resident memory of the process."),
        MetricDescription("process_open_fds", .gauge, help: "Open file descriptors."),
        MetricDescription("process_max_fds", .gauge, help: "How many file descriptors may be open."),
    ]

    /// Fronts and workers: the way to the broker, and the fleet's messages.
    static let fleet: [MetricDescription] = [
        MetricDescription(
            "keyferry_broker_connected",
            .gauge,
            labels: ["purpose"],
            help: "1 while a connection to the broker stands, else 0."
        ),
        MetricDescription(
            "keyferry_broker_connects_total",
            .counter,
            labels: ["purpose"],
            help: "Connections made to the broker: all beyond the first are reconnects."
        ),
        MetricDescription(
            "keyferry_broker_connect_failures_total",
            .counter,
            labels: ["purpose"],
            help: "Attempts to connect to the broker that failed."
        ),
        MetricDescription(
            "keyferry_broker_connections_lost_total",
            .counter,
            labels: ["purpose"],
            help: "Connections to the broker that were lost."
        ),
        MetricDescription(
            "keyferry_broker_blocked",
            .gauge,
            labels: ["purpose"],
            help: "1 while the broker is short of memory or disk and takes nothing, else 0."
        ),
        MetricDescription(
            "keyferry_fleet_messages_unsent_total",
            .counter,
            help: "Heartbeats and notices that could not be sent, and were dropped."
        ),
        MetricDescription(
            "keyferry_fleet_gaps_total",
            .counter,
            help: "Fleet messages dropped because this process was too slow to hear them."
        ),
        MetricDescription(
            "keyferry_authority_generation",
            .gauge,
            help: "Generation of the authority tables: a worker's own; for a front the newest that it heard of."
        ),
        MetricDescription(
            "keyferry_workers_heard",
            .gauge,
            help: "Workers of the partition heard in the last three seconds."
        ),
        MetricDescription("keyferry_workers_healthy", .gauge, help: "Those of them that say they are healthy."),
        MetricDescription(
            "keyferry_queue_jobs",
            .gauge,
            labels: ["class"],
            help: "Jobs that wait in the partition's queue, asked of the broker every ten seconds."
        ),
    ]
}
