import ServiceBootstrap

/// When a process that ended unasked is started again: with growing pauses, and never where starting again does harm.
struct RestartPolicy {
    enum Decision: Equatable {
        case restart(after: Duration)
        case leave
    }

    private var restarts: [SiteRole: (count: Int, last: ContinuousClock.Instant)] = [:]

    /// A refused PIN, wrong arguments and a wrong configuration stay as they are however often one tries; the first of them
    /// locks the token.
    mutating func decide(_ role: SiteRole, _ end: ProcessEnd, now: ContinuousClock.Instant) -> Decision {
        if case .exited(let code) = end, let meaning = ServiceExitCode(rawValue: code) {
            switch meaning {
            case .credentialRefused, .configuration, .usage: return .leave
            case .stopped, .unavailable, .failed: break
            }
        }
        var (count, last) = restarts[role] ?? (0, now)
        // A minute of life makes up for what was before.
        if now - last > .seconds(60) { count = 0 }
        restarts[role] = (count + 1, now)
        return .restart(after: .milliseconds(250 * (1 << min(count, 7))))
    }
}
