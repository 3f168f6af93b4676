import KeyModel
import Metrics

/// What a worker counts. Belongs to its thread.
final class WorkerMetrics {
    enum Kind: String, CaseIterable {
        case kmip, identify, `operator`
        /// Refused before anyone could know.
        case unopened
    }

    enum Outcome: String, CaseIterable {
        /// Everything that was asked for was done.
        case done
        /// Something was answered with a failure.
        case failed
        /// The sender may not send it, or it could not be opened.
        case refused
        case givenBack = "given_back"
    }

    private var counters: [Kind: [Outcome: Counter]] = [:]
    private let wait = Timer(label: "keyferry_job_wait_seconds")
    private let batch = Timer(label: "keyferry_batch_duration_seconds")
    private let hsmBatch = Timer(label: "keyferry_hsm_batch_duration_seconds")
    private let auditRecords = Counter(label: "keyferry_audit_records_total")
    private let generation = Gauge(label: "keyferry_authority_generation")
    private let valid = Gauge(label: "keyferry_client_certificates", dimensions: [("state", "valid")])
    private let expired = Gauge(label: "keyferry_client_certificates", dimensions: [("state", "expired")])
    private let daysLeft = Gauge(label: "keyferry_client_certificates_days_left")
    private let moved = Counter(label: "keyferry_rewrapped_objects_total", dimensions: [("outcome", "moved")])
    private let refused = Counter(label: "keyferry_rewrapped_objects_total", dimensions: [("outcome", "refused")])
    private let rotationsRunning = Gauge(label: "keyferry_rotations_in_progress")
    private let left = Gauge(label: "keyferry_rotation_left_objects")
    private let deletions = Gauge(label: "keyferry_root_key_deletions_in_progress")
    private let deletionDue = Gauge(label: "keyferry_root_key_deletion_due_seconds")
    /// What the gauges of certificates were made from, and when.
    private var examined: (generation: UInt64, at: Int64)?

    init() {
        for kind in Kind.allCases {
            for outcome in Outcome.allCases where kind != .unopened || outcome == .refused || outcome == .givenBack {
                counters[kind, default: [:]][outcome] = Counter(
                    label: "keyferry_jobs_done_total",
                    dimensions: [("kind", kind.rawValue), ("outcome", outcome.rawValue)]
                )
            }
        }
    }

    func done(_ job: Job, _ reply: JobReply?) {
        count(Kind(job), reply.map { $0.isSuccess ? .done : .failed } ?? .givenBack)
    }

    func count(_ kind: Kind, _ outcome: Outcome) {
        counters[kind]?[outcome]?.increment()
    }

    func waited(_ duration: Duration) {
        wait.record(duration: duration)
    }

    /// - Parameter hsm: the part of it that was spent in the token.
    func batchDone(_ duration: Duration, hsm: Duration) {
        batch.record(duration: duration)
        if hsm > .zero { hsmBatch.record(duration: hsm) }
    }

    func audited(_ count: Int) {
        auditRecords.increment(by: count)
    }

    /// - Parameter left: keys that are still to be moved, of each rotation that is running.
    func rotations(left: [Int]) {
        rotationsRunning.record(left.count)
        self.left.record(left.reduce(0, +))
    }

    func rewrapped(moved: Int, refused: Int) {
        self.moved.increment(by: moved)
        self.refused.increment(by: refused)
    }

    /// - Parameter due: when the waiting times of those that are ordered and not over end, or ended.
    func deletions(due: [Timestamp], at now: Timestamp) {
        deletions.record(due.count)
        let left = due.map { max($0.secondsSince1970 - now.secondsSince1970, 0) }.min()
        deletionDue.record(left.map { Double($0) } ?? .infinity)
    }

    /// Looks at the certificates of all clients once a minute, and when authority has changed.
    ///
    /// - Parameter now: seconds since 1970.
    func examine(_ authority: Authority, now: Int64) {
        generation.record(Double(authority.generation))
        if let examined, examined.generation == authority.generation, now - examined.at < 60 { return }
        examined = (authority.generation, now)
        valid.record(authority.certificates.count { $0.end.secondsSince1970 >= now })
        expired.record(authority.certificates.count { $0.end.secondsSince1970 < now })
        // Those that were replaced are meant to end.
        let left = authority.certificates.filter { $0.validUntil == nil }.map { $0.notAfter.secondsSince1970 - now }
        daysLeft.record(left.filter { $0 >= 0 }.min().map { Double($0 / 86_400) } ?? .infinity)
    }
}

extension WorkerMetrics.Kind {
    init(_ job: Job) {
        switch job.content {
        case .kmip: self = .kmip
        case .identifyClient: self = .identify
        case .operator: self = .operator
        }
    }
}
