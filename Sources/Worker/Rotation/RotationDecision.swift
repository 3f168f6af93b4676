import KeyModel
import KeyStorage

/// Whether keys may be moved for an operation now. No I/O.
enum RotationDecision: Hashable {
    /// They are to be moved to this version.
    case move(RootKeyVersion)
    /// Not now: the root key is suspended, which stops all use of it.
    case wait
    /// Never again: the root key is gone or to be deleted, or the version is not the current one.
    case stop

    init(_ operation: BackgroundOperation, _ authority: Authority) {
        let rootKey = authority.rootKeys.first { $0.identifier.text == operation.subject }
        guard let rootKey, rootKey.status == .active || rootKey.status == .suspended,
            let current = authority.currentVersion(of: rootKey.identifier), current.version == operation.targetVersion
        else {
            self = .stop
            return
        }
        self = rootKey.status == .active ? .move(current) : .wait
    }
}

/// What a worker that asks for more keys does, by how far the present pass has come. No I/O.
///
/// Workers go through the keys together: who asks for more takes those behind the pass's cursor, and moves the cursor.
/// What a worker took and did not finish, because it died, is found by the next pass, which begins when nobody has taken
/// or finished anything for a while.
enum PassDecision: Hashable {
    /// Take what was found.
    case take
    /// Others may still be at the rest.
    case wait
    case beginAgain
    case finish(BackgroundOperation.State)

    /// So long, in seconds, may a worker that took keys be silent before others do them.
    static let lease: Int64 = 10

    /// - Parameters:
    ///   - found: how many keys there are behind the cursor, as far as was looked.
    ///   - left: how many keys are under older versions, wherever they stand.
    init(_ pass: StoredOperation.Pass, found: Int, left: Int, at now: Timestamp) {
        if found > 0 {
            self = .take
        } else if left == 0 {
            self = .finish(.done)
        } else if now < pass.claimed.advanced(bySeconds: Self.lease) {
            self = .wait
        } else if pass.moved == 0, pass.refused >= left {
            // A whole pass has moved nothing, and each key that is left was tried.
            self = .finish(.failed)
        } else {
            self = .beginAgain
        }
    }
}

/// How much of a worker's time the moving of keys takes: all of it while nobody wants anything else, a tenth otherwise.
enum RewrapPace {
    /// Between two looks whether there is anything to do.
    static let idle = Duration.seconds(1)
    /// The token's time in one step, after which others have their turn.
    static let step = Duration.milliseconds(5)
    /// Keys in one step at most: they share a transaction.
    static let mostKeys = 64

    /// How long to leave the thread to others.
    ///
    /// - Parameters:
    ///   - isAway: whether the step found nothing to do.
    ///   - jobs: how many were done since the step before.
    static func pause(after step: Duration, isAway: Bool, jobs: UInt64) -> Duration {
        if isAway { return idle }
        return jobs == 0 ? .zero : step * 9
    }
}
