internal import PKCS11

/// When the session is opened, recycled and replaced. Decides; does nothing itself.
///
/// A closed session is opened at the next tick. A session that made enough objects is recycled at the next tick, which
/// comes between batches. A lost one is replaced at the next tick, and if that fails, with backoff. What no second
/// attempt can mend, a wrong PIN above all, is final.
struct HSMSessionState: Equatable {
    enum Phase: Equatable {
        case closed
        case ready(objects: Int)
        case lost(attempts: Int, notBefore: ContinuousClock.Instant)
        case refused(HSMError.Code)
    }

    enum Event {
        /// Between batches, and at least once a second.
        case tick(ContinuousClock.Instant)
        case opened
        case openingFailed(HSMError, at: ContinuousClock.Instant)
        case objectsMade(Int)
        /// A session object could not be destroyed: it goes with the session.
        case objectLeftBehind
        case callFailed(ReturnCode, at: ContinuousClock.Instant)
        /// A key that this session has used can't be found any more.
        case keyGone(at: ContinuousClock.Instant)
        case closing
    }

    enum Action: Equatable {
        case none
        /// Initialize, log in; then report `opened` or `openingFailed`.
        case open
        /// Finalize, then as `open`.
        case recycle
        /// Finalize; the session is of no more use.
        case discard
    }

    let recycleAfterObjects: Int

    /// Made since the session was opened.
    var objects: Int {
        if case .ready(let objects) = phase { objects } else { 0 }
    }

    private(set) var phase = Phase.closed

    init(recycleAfterObjects: Int) {
        self.recycleAfterObjects = recycleAfterObjects
    }

    mutating func handle(_ event: Event) -> Action {
        switch (phase, event) {
        case (.refused, .closing), (.closed, .closing):
            return .none
        case (.ready, .closing), (.lost, .closing):
            phase = .closed
            return .discard
        case (.refused, _):
            return .none
        case (_, .opened):
            phase = .ready(objects: 0)
            return .none
        case (_, .openingFailed(let error, let now)):
            phase = Self.phase(after: error, at: now, previous: phase)
            return .none
        case (.closed, .tick):
            return .open
        case (.lost(_, let notBefore), .tick(let now)):
            return now >= notBefore ? .open : .none
        case (.ready(let objects), .tick):
            return objects >= recycleAfterObjects ? .recycle : .none
        case (.ready(let objects), .objectsMade(let count)):
            phase = .ready(objects: objects + count)
            return .none
        case (.ready, .objectLeftBehind):
            phase = .ready(objects: recycleAfterObjects)
            return .none
        case (.ready, .callFailed(let code, let now)):
            guard Self.isLoss(code) else { return .none }
            phase = .lost(attempts: 0, notBefore: now)
            return .discard
        case (.ready, .keyGone(let now)):
            phase = .lost(attempts: 0, notBefore: now)
            return .discard
        case (_, .objectsMade), (_, .objectLeftBehind), (_, .callFailed), (_, .keyGone):
            return .none
        }
    }

    private static func phase(after error: HSMError, at now: ContinuousClock.Instant, previous: Phase) -> Phase {
        guard !error.isPermanent else { return .refused(error.code) }
        let attempts = if case .lost(let attempts, _) = previous { attempts + 1 } else { 1 }
        return .lost(attempts: attempts, notBefore: now + backoff(attempts))
    }

    /// 0.25 s, doubled with each failure, at most 30 s.
    static func backoff(_ attempts: Int) -> Duration {
        min(.milliseconds(250 << min(max(attempts - 1, 0), 10)), .seconds(30))
    }

    /// Codes after which a session, or the whole device, is of no more use.
    static func isLoss(_ code: ReturnCode) -> Bool {
        switch code {
        case .sessionHandleInvalid, .sessionClosed, .deviceError, .deviceRemoved, .deviceMemory, .tokenNotPresent,
            .tokenNotRecognized, .userNotLoggedIn, .notInitialized, .operationActive:
            true
        default:
            false
        }
    }
}
