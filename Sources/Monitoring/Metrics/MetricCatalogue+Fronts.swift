extension MetricCatalogue {
    /// The gateway's connections and requests.
    static let clients: [MetricDescription] = [
        MetricDescription("keyferry_kmip_connections", .gauge, help: "Connections of clients at this moment."),
        MetricDescription(
            "keyferry_kmip_connections_accepted_total",
            .counter,
            help: "Connections accepted, before their handshake."
        ),
        MetricDescription(
            "keyferry_kmip_connections_refused_total",
            .counter,
            labels: ["reason"],
            help: "Connections that were not served, by why."
        ),
        MetricDescription(
            "keyferry_kmip_connections_ended_total",
            .counter,
            labels: ["reason"],
            help: "Connections that ended, by why: refused ones are among them, those over the limit are not."
        ),
        MetricDescription(
            "keyferry_tls_handshakes_total",
            .counter,
            labels: ["outcome", "version"],
            help: "TLS handshakes with KMIP clients: full, resumed, failed or abandoned by the client."
        ),
        MetricDescription(
            "keyferry_tls_handshake_duration_seconds",
            .histogram(bounds: waits),
            help: "From accept to the end of a handshake that succeeded."
        ),
        MetricDescription("keyferry_kmip_requests_total", .counter, help: "KMIP request messages received in full."),
        MetricDescription(
            "keyferry_kmip_requests_in_progress",
            .gauge,
            help: "KMIP requests that are not answered yet."
        ),
        MetricDescription(
            "keyferry_kmip_request_duration_seconds",
            .histogram(bounds: waits),
            help: "From a complete request message to its response written."
        ),
        MetricDescription(
            "keyferry_kmip_operations_total",
            .counter,
            labels: ["operation", "result"],
            mostSeries: 600,
            help: "KMIP operations (batch items) answered, by operation and by Success or result reason."
        ),
    ]

    /// The admin front.
    static let operators: [MetricDescription] = [
        MetricDescription("keyferry_admin_connections", .gauge, help: "Connections of operators at this moment."),
        MetricDescription(
            "keyferry_admin_requests_total",
            .counter,
            labels: ["method", "status"],
            mostSeries: 200,
            help: "REST requests answered, by method and HTTP status."
        ),
        MetricDescription(
            "keyferry_admin_request_duration_seconds",
            .histogram(bounds: waits),
            help: "From a REST request's head to its answer."
        ),
    ]

    /// A front's jobs.
    static let jobs: [MetricDescription] = [
        MetricDescription(
            "keyferry_jobs_sent_total",
            .counter,
            labels: ["class", "outcome"],
            help: "Jobs that ended, by class and by replied or why there was no reply."
        ),
        MetricDescription(
            "keyferry_job_duration_seconds",
            .histogram(bounds: waits),
            labels: ["class"],
            help: "From a job's publication to its reply; jobs without a reply are not in it."
        ),
        MetricDescription("keyferry_jobs_in_flight", .gauge, help: "Jobs sent whose replies are awaited."),
        MetricDescription(
            "keyferry_job_replies_unknown_total",
            .counter,
            help: "Replies that came late, twice, or to nobody."
        ),
    ]
}
