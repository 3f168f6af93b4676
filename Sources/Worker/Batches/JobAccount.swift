import HSM
import JobSealing
import KeyModel
import KeyStorage
import Logging

/// What one job cost and what was found on its way: for its log line.
struct JobAccount {
    /// From its publication until its batch began, by the clocks of front and worker; nil where that can't be told.
    var wait: Duration?
    /// In the token, for this job.
    var hsm = Duration.zero
    /// In the key store, for this job or for all of the batch that it was a part of.
    var store = Duration.zero
    /// The stored answer of an earlier delivery was given again.
    var isRepeat = false

    /// The time since a job was published: its deadline less the time that was left then. The second is not sealed, and
    /// decides nothing.
    ///
    /// - Parameters:
    ///   - deadline: of the job, in milliseconds since 1970 by the workers' clock.
    ///   - expiration: milliseconds that were left until then at its publication.
    ///   - now: milliseconds since 1970.
    static func wait(deadline: Int64, expiration: Int64?, now: Int64) -> Duration? {
        guard let expiration, (0...MessageHeader.longestDeadline).contains(expiration) else { return nil }
        // The deadline is what the sender wrote: any number.
        let (published, isFarAway) = deadline.subtractingReportingOverflow(expiration)
        let (wait, isFurther) = now.subtractingReportingOverflow(published)
        guard !isFarAway, !isFurther else { return nil }
        return .milliseconds(min(max(0, wait), MessageHeader.longestDeadline))
    }
}

/// Keeping account of a batch.
extension BatchProcessor {
    /// Runs a part of the work on the job at a position, and puts the token's time to its account.
    func accounting<R, E: Error>(for position: Int, _ body: () throws(E) -> R) throws(E) -> R {
        let before = hsm.busy
        defer { accounts[position, default: JobAccount()].hsm += hsm.busy - before }
        return try body()
    }

    /// Runs the work on one or several jobs, and puts the store's time to the account of each.
    func accountingStore<R>(for jobs: [AdmittedJob], _ body: () -> R) -> R {
        let before = store.busy
        defer {
            let spent = store.busy - before
            for job in jobs { accounts[job.position, default: JobAccount()].store += spent }
        }
        return body()
    }

    /// One line for each job, and its metrics.
    func report(_ job: AdmittedJob, _ reply: JobReply?, batch: Int) {
        let account = accounts[job.position] ?? JobAccount()
        if let wait = account.wait { metrics.waited(wait) }
        metrics.done(job.job, reply)
        var metadata: Logger.Metadata = [
            "request": "\(job.job.requestID)", "sender": "\(job.opened.ticket.sender.name)",
            "operations": "\(job.job.operationNames)", "outcome": "\(reply?.summary ?? "given back")",
            "redelivered": "\(job.isRedelivered)", "repeated": "\(account.isRepeat)", "batch": "\(batch)",
            "hsm-ms": "\(account.hsm.millisecondsText)", "store-ms": "\(account.store.millisecondsText)",
        ]
        if let wait = account.wait { metadata["queue-ms"] = "\(wait.millisecondsText)" }
        logger.info("job", metadata: metadata)
    }
}

extension Job {
    /// For the log; the first few of a long batch.
    fileprivate var operationNames: String {
        switch content {
        case .kmip(let job): job.operations.prefix(8).map(\.name).joined(separator: ",")
        case .identifyClient: "IdentifyClient"
        case .operator(let job): job.request.name
        }
    }
}

extension JobReply {
    /// Whether everything that was asked for was done.
    var isSuccess: Bool { summary == "success" }

    /// `success`, or the reasons for what failed.
    fileprivate var summary: String {
        switch self {
        case .client, .operator: return "success"
        case .failure(let failure): return "\(failure.code)"
        case .kmip(let outcomes):
            let reasons = outcomes.compactMap { outcome -> String? in
                if case .failure(let failure) = outcome { "\(failure.code)" } else { nil }
            }
            return reasons.isEmpty ? "success" : Set(reasons).sorted().joined(separator: ",")
        }
    }
}

extension Operation {
    /// As KMIP calls it.
    fileprivate var name: String {
        switch self {
        case .create: "Create"
        case .register: "Register"
        case .get: "Get"
        case .getAttributes: "GetAttributes"
        case .getAttributeList: "GetAttributeList"
        case .addAttribute: "AddAttribute"
        case .modifyAttribute: "ModifyAttribute"
        case .deleteAttribute: "DeleteAttribute"
        case .locate: "Locate"
        case .activate: "Activate"
        case .revoke: "Revoke"
        case .destroy: "Destroy"
        }
    }
}

extension Duration {
    /// With three digits behind the point.
    fileprivate var millisecondsText: String {
        let microseconds = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let fraction = "\(microseconds % 1_000)"
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
