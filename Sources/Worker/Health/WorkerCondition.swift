import KeyModel
import Synchronization

/// How this worker is, as its last heartbeat found; for whoever asks from outside.
final class WorkerCondition: Sendable {
    /// A heartbeat that is older says nothing any more: fronts count on a worker no longer either.
    static let longestSilence = Duration.seconds(3)
    /// So long a call of the token may take before the process is taken for dead. A slow token is no death, and what hangs in
    /// a call ends with the process only: hence a limit far above what networked HSMs wait for.
    static let longestCall = Duration.seconds(120)

    private struct Examination {
        let health: Heartbeat.Health
        let at: ContinuousClock.Instant
    }

    private let last = Mutex<Examination?>(nil)
    private let start: ContinuousClock.Instant

    init(now: ContinuousClock.Instant = .now) {
        start = now
    }

    /// The worker's thread has tried token and store.
    func examined(_ health: Heartbeat.Health, at now: ContinuousClock.Instant = .now) {
        last.withLock { $0 = Examination(health: health, at: now) }
    }

    /// - Parameters:
    ///   - isConsuming: whether jobs reach this worker.
    ///   - isHeard: whether its heartbeats reach the broker.
    /// - Returns: nil if the worker does jobs.
    func whyNotReady(isConsuming: Bool, isHeard: Bool, at now: ContinuousClock.Instant = .now) -> String? {
        guard let last = last.withLock({ $0 }) else { return "the HSM and the key store were not tried out yet" }
        guard now - last.at <= Self.longestSilence else {
            let seconds = (now - last.at).components.seconds
            return "the HSM and the key store were last tried out \(seconds) s ago: one of them takes long"
        }
        guard last.health == .healthy else { return last.health.summary }
        guard isConsuming, isHeard else { return "no connection to the broker" }
        return nil
    }

    /// - Returns: nil if the thread that calls token and store turns, or may be in a long call.
    func whyNotAlive(at now: ContinuousClock.Instant = .now) -> String? {
        let silence = now - (last.withLock { $0?.at } ?? start)
        guard silence > Self.longestCall else { return nil }
        return "the thread that calls the HSM and the key store has not turned for \(silence.components.seconds) s"
    }
}
