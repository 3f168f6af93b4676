extension MetricCatalogue {
    /// The worker's jobs.
    static let worker: [MetricDescription] = [
        MetricDescription("keyferry_jobs_delivered_total", .counter, help: "Jobs that the broker delivered."),
        MetricDescription(
            "keyferry_jobs_redelivered_total",
            .counter,
            help: "Those of them that had been delivered before, to a worker that died or lost its connection."
        ),
        MetricDescription("keyferry_jobs_requeued_total", .counter, help: "Jobs given back to the queue."),
        MetricDescription(
            "keyferry_jobs_done_total",
            .counter,
            labels: ["kind", "outcome"],
            help: "Jobs that the worker is finished with, by kind and by what became of them."
        ),
        MetricDescription(
            "keyferry_job_wait_seconds",
            .histogram(bounds: waits),
            help: "From a job's publication until a worker began its batch, by the clocks of both."
        ),
        MetricDescription(
            "keyferry_batch_jobs",
            .histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]),
            help: "Jobs that were done as one batch."
        ),
        MetricDescription(
            "keyferry_batch_duration_seconds",
            .histogram(bounds: waits),
            help: "From a batch's begin until its replies are sealed."
        ),
        MetricDescription(
            "keyferry_rotations_in_progress",
            .gauge,
            help: "Rotations of root keys of the partition that are running."
        ),
        MetricDescription(
            "keyferry_rotation_left_objects",
            .gauge,
            help: "Keys that they are still to move under the current version of their root key."
        ),
        MetricDescription(
            "keyferry_root_key_deletions_in_progress",
            .gauge,
            help: "Deletions of root keys of the partition that wait, or are at work."
        ),
        MetricDescription(
            "keyferry_root_key_deletion_due_seconds",
            .gauge,
            help: "Until the first of them can't be restored any more; infinite where there is none."
        ),
        MetricDescription(
            "keyferry_rewrapped_objects_total",
            .counter,
            labels: ["outcome"],
            help: "Keys that this worker moved for a rotation, and those that could not be moved."
        ),
        MetricDescription(
            "keyferry_client_certificates",
            .gauge,
            labels: ["state"],
            help: "Registered client certificates of all instances, by valid or expired."
        ),
        MetricDescription(
            "keyferry_client_certificates_days_left",
            .gauge,
            help: "Days until the first of the valid ones expires; +Inf where there is none."
        ),
    ]

    /// The worker's token.
    static let hsm: [MetricDescription] = [
        MetricDescription("keyferry_hsm_sessions", .gauge, help: "Sessions with the token that are open."),
        MetricDescription(
            "keyferry_hsm_objects",
            .gauge,
            help: "Objects made in the token since the module was last opened; it is recycled at hsm.objectsPerRecycle."
        ),
        MetricDescription(
            "keyferry_hsm_recycles_total",
            .counter,
            help: "How often the module was closed and opened again because it was due."
        ),
        MetricDescription("keyferry_hsm_sessions_lost_total", .counter, help: "Sessions that a call found lost."),
        MetricDescription(
            "keyferry_hsm_errors_total",
            .counter,
            labels: ["code"],
            help: "PKCS #11 calls that failed, by return code."
        ),
        MetricDescription(
            "keyferry_hsm_operation_duration_seconds",
            .histogram(bounds: calls),
            labels: ["operation"],
            help: "One operation of the token, of one or more PKCS #11 calls, failed ones included."
        ),
        MetricDescription(
            "keyferry_hsm_batch_duration_seconds",
            .histogram(bounds: waits),
            help: "Time in the token of one batch of jobs; batches that did not need it are not in it."
        ),
    ]

    /// The worker's key store.
    static let store: [MetricDescription] = [
        MetricDescription(
            "keyferry_store_read_duration_seconds",
            .histogram(bounds: calls),
            help: "One read of the key store."
        ),
        MetricDescription(
            "keyferry_store_commit_duration_seconds",
            .histogram(bounds: calls),
            help: "One write transaction of the key store, from its begin to its commit on disk."
        ),
        MetricDescription(
            "keyferry_store_errors_total",
            .counter,
            labels: ["code"],
            help: "Reads and writes of the key store that failed, by code."
        ),
        MetricDescription("keyferry_audit_records_total", .counter, help: "Audit records committed."),
    ]
}
