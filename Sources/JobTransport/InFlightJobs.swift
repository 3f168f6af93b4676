/// The jobs of one sender that have no reply yet: decides what is published, published again and given up, without I/O
/// or clock.
///
/// Times are durations since an arbitrary start, from a monotonic clock. A job ends exactly once, with `finish`; what
/// arrives for it later changes nothing.
struct InFlightJobs {
    struct Job: Sendable {
        let id: MessageID
        /// Partition and class.
        let routingKey: String
        /// Sealed; the same bytes however often the job is published.
        let body: [UInt8]
        let deadline: Duration
    }

    struct Limits: Sendable {
        /// Jobs in flight.
        var jobs = 1024
        /// How long a missing broker is bridged: jobs wait for it so long, and are refused at once after that.
        var outage = Duration.seconds(5)
    }

    enum Event: Sendable {
        case connected(generation: UInt64)
        case lost
        case blocked(Bool)
        case confirmed([UInt64])
        case refused([UInt64])
        case returned(MessageID)
        case replied(MessageID, [UInt8])
        /// A `publish` could not be queued for the connection.
        case publishFailed(MessageID, token: UInt64, JobSendError.Code?)
        case cancelled(MessageID)
        case clockAdvanced
        /// No new jobs from now on.
        case shutdown
        /// Give up what is left.
        case abandon
    }

    enum Action: Sendable, Equatable {
        case publish(Publication)
        case finish(MessageID, Result<[UInt8], JobSendError>)
    }

    struct Publication: Sendable, Equatable {
        let id: MessageID
        let token: UInt64
        let generation: UInt64
        let routingKey: String
        let body: [UInt8]
        let timeLeft: Duration
    }

    private struct Entry {
        let job: Job
        /// In the order of arrival.
        let number: UInt64
        /// The publish whose outcome counts; nil while the job waits for a connection.
        var token: UInt64?
        /// How many publishes may have reached a queue.
        var attempts = 0
    }

    private let limits: Limits
    private var entries: [MessageID: Entry] = [:]
    private var idsByToken: [UInt64: MessageID] = [:]
    private var lastNumber: UInt64 = 0
    private var lastToken: UInt64 = 0
    private var generation: UInt64?
    private var outageSince: Duration? = .zero
    private var isBlocked = false
    private var isShuttingDown = false

    /// Replies for jobs that are not in flight: late, repeated or forged.
    private(set) var unknownReplies = 0

    init(limits: Limits) { self.limits = limits }

    var count: Int { entries.count }

    /// Takes a job in, or says why not.
    mutating func submit(_ job: Job, now: Duration) -> Result<[Action], JobSendError> {
        if let code = refusal(of: job, now: now) { return .failure(JobSendError(code, mayHaveRun: false)) }
        lastNumber += 1
        entries[job.id] = Entry(job: job, number: lastNumber)
        return .success(publish([job.id], now: now))
    }

    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch event {
        case .connected(let generation):
            self.generation = generation
            outageSince = nil
            isBlocked = false
            let urgentFirst = entries.values.sorted { ($0.job.deadline, $0.number) < ($1.job.deadline, $1.number) }
            return expire(now: now) + publish(urgentFirst.map(\.job.id), now: now)
        case .lost:
            generation = nil
            outageSince = now
            isBlocked = false
            idsByToken = [:]
            for id in entries.keys { entries[id]?.token = nil }
            return []
        case .blocked(let isBlocked):
            self.isBlocked = isBlocked
            return []
        case .confirmed(let tokens):
            for token in tokens { idsByToken[token] = nil }
            return []
        case .refused(let tokens):
            return tokens.compactMap { idsByToken[$0] }.flatMap { finish($0, .serverBusy, attemptFailed: true) }
        case .returned(let id):
            return finish(id, .noRoute, attemptFailed: true)
        case .replied(let id, let body):
            guard remove(id) != nil else {
                unknownReplies += 1
                return []
            }
            return [.finish(id, .success(body))]
        case .publishFailed(let id, let token, let code):
            return publishFailed(id, token: token, code)
        case .cancelled(let id):
            return finish(id, .cancelled)
        case .clockAdvanced:
            return expire(now: now)
        case .shutdown:
            isShuttingDown = true
            return []
        case .abandon:
            isShuttingDown = true
            return entries.keys.flatMap { finish($0, .shuttingDown) }
        }
    }

    private func refusal(of job: Job, now: Duration) -> JobSendError.Code? {
        if isShuttingDown { return .shuttingDown }
        if entries[job.id] != nil { return .duplicateMessage }
        if job.deadline <= now { return .deadlineExceeded }
        if entries.count >= limits.jobs || isBlocked { return .serverBusy }
        if let outageSince, now - outageSince >= limits.outage { return .brokerUnavailable }
        return nil
    }

    /// Publishes jobs on the present connection, if there is one.
    private mutating func publish(_ ids: [MessageID], now: Duration) -> [Action] {
        guard let generation else { return [] }
        return ids.compactMap { id in
            guard var entry = entries[id] else { return nil }
            lastToken += 1
            entry.token = lastToken
            entry.attempts += 1
            entries[id] = entry
            idsByToken[lastToken] = id
            return .publish(
                Publication(
                    id: id,
                    token: lastToken,
                    generation: generation,
                    routingKey: entry.job.routingKey,
                    body: entry.job.body,
                    timeLeft: entry.job.deadline - now
                )
            )
        }
    }

    /// - Parameter code: Nil if the connection was just lost: the job waits for the next one.
    private mutating func publishFailed(_ id: MessageID, token: UInt64, _ code: JobSendError.Code?) -> [Action] {
        idsByToken[token] = nil
        guard let entry = entries[id] else { return [] }
        entries[id]?.attempts -= 1
        // A loss that was heard in the meantime has reset the token; a new connection has set another.
        guard entry.token == token || entry.token == nil else { return [] }
        entries[id]?.token = nil
        return code.map { finish(id, $0) } ?? []
    }

    private mutating func expire(now: Duration) -> [Action] {
        let isOutageOver = outageSince.map { now - $0 >= limits.outage } ?? false
        var actions: [Action] = []
        for entry in entries.values {
            let isLate = entry.job.deadline <= now
            if entry.attempts == 0, isLate || isOutageOver {
                actions += finish(entry.job.id, .brokerUnavailable)
            } else if isLate {
                actions += finish(entry.job.id, .deadlineExceeded)
            }
        }
        return actions
    }

    /// - Parameter attemptFailed: Whether the last publish is known to have reached no queue.
    private mutating func finish(_ id: MessageID, _ code: JobSendError.Code, attemptFailed: Bool = false) -> [Action] {
        guard let entry = remove(id) else { return [] }
        let mayHaveRun = entry.attempts > (attemptFailed ? 1 : 0)
        return [.finish(id, .failure(JobSendError(code, mayHaveRun: mayHaveRun)))]
    }

    private mutating func remove(_ id: MessageID) -> Entry? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        if let token = entry.token { idsByToken[token] = nil }
        return entry
    }
}
