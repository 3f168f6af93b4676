internal import Metrics
internal import PKCS11

/// What is measured of a token's session. Belongs to the session's thread.
final class HSMMetrics {
    enum Operation: String, CaseIterable {
        case login
        case recycle
        case generate
        case rewrap
        case unwrapCanary = "unwrap_canary"
        case openTransportKey = "open_transport_key"
        case openTicketSecret = "open_ticket_secret"
        case readAnchor = "read_anchor"
        case raiseAnchor = "raise_anchor"
    }

    private let durations: [Operation: Timer]
    private var errors: [ReturnCode: Counter] = [:]
    private let sessions = Gauge(label: "keyferry_hsm_sessions")
    private let objects = Gauge(label: "keyferry_hsm_objects")
    private let recycles = Counter(label: "keyferry_hsm_recycles_total")
    private let losses = Counter(label: "keyferry_hsm_sessions_lost_total")

    /// Time spent in operations. One that is a part of another is counted once.
    private(set) var busy = Duration.zero
    private var running = 0

    init() {
        let timers = Operation.allCases.map { operation in
            let dimensions = [("operation", operation.rawValue)]
            return (operation, Timer(label: "keyferry_hsm_operation_duration_seconds", dimensions: dimensions))
        }
        durations = Dictionary(uniqueKeysWithValues: timers)
    }

    /// To be followed by `ended`, with what it returns.
    func begin() -> ContinuousClock.Instant {
        running += 1
        return .now
    }

    func ended(_ operation: Operation, since begin: ContinuousClock.Instant) {
        let elapsed = begin.duration(to: .now)
        running -= 1
        if running == 0 { busy += elapsed }
        durations[operation]?.record(duration: elapsed)
    }

    /// Counts a failed call. Codes that the standard does not name are one.
    func failed(_ code: ReturnCode) {
        let counter =
            errors[code]
            ?? Counter(
                label: "keyferry_hsm_errors_total",
                dimensions: [("code", code.name ?? "other")]
            )
        if code.name != nil { errors[code] = counter }
        counter.increment()
    }

    func lost() {
        losses.increment()
    }

    func recycled() {
        recycles.increment()
    }

    func measure(isOpen: Bool, objects count: Int) {
        sessions.record(isOpen ? 1 : 0)
        objects.record(count)
    }
}
