internal import NIOCore
internal import Synchronization

/// Decides which connections of clients that were not admitted get a log line: anyone can make such connections, and as
/// many lines as he likes would be a way to fill a disk and to hide in it.
///
/// What an operator needs is there: the first line of a certificate that is not registered, with its fingerprint. Where
/// more certificates come than lines are allowed, one that comes again, as a client does that someone wants to connect,
/// goes before those that come once. Each line says how many were not written since the last one.
struct StrangerLog {
    /// So many lines at once, and so many a second in the long run.
    private struct Allowance {
        let burst: Double
        let perSecond: Double
        private var available: Double
        private var last: NIODeadline

        init(burst: Double, perSecond: Double, now: NIODeadline) {
            self.burst = burst
            self.perSecond = perSecond
            self.available = burst
            self.last = now
        }

        mutating func take(now: NIODeadline) -> Bool {
            let seconds = max(0, Double((now - last).nanoseconds) / 1_000_000_000)
            available = min(burst, available + seconds * perSecond)
            last = now
            guard available >= 1 else { return false }
            available -= 1
            return true
        }
    }

    /// A certificate that had its line gets no other for one to two of these.
    static let period = TimeAmount.seconds(30)
    private static let rememberedCertificates = 8192

    private var byReason: [KMIPCloseReason.Code: Allowance] = [:]
    private var firstTime: Allowance
    private var again: Allowance
    private var written = RecentlySeen<String>(limit: rememberedCertificates)
    private var seenWithoutLine = RecentlySeen<String>(limit: rememberedCertificates)
    private var forgetAt: NIODeadline
    private var unwritten = 0

    init(now: NIODeadline) {
        firstTime = Allowance(burst: 100, perSecond: 2, now: now)
        again = Allowance(burst: 100, perSecond: 2, now: now)
        forgetAt = now + Self.period
    }

    /// - Returns: nil if the line is not to be written; else how many were not written since the last one.
    mutating func unwrittenLines(
        before reason: KMIPCloseReason.Code,
        fingerprint: String?,
        now: NIODeadline
    ) -> Int? {
        guard mayWrite(reason, fingerprint: fingerprint, now: now) else {
            unwritten += 1
            return nil
        }
        defer { unwritten = 0 }
        return unwritten
    }

    private mutating func mayWrite(_ reason: KMIPCloseReason.Code, fingerprint: String?, now: NIODeadline) -> Bool {
        guard let fingerprint else {
            return byReason[reason, default: Allowance(burst: 20, perSecond: 1, now: now)].take(now: now)
        }
        if now >= forgetAt {
            written.age()
            forgetAt = now + Self.period
        }
        if written.contains(fingerprint) { return false }
        let isAllowed = seenWithoutLine.contains(fingerprint) ? again.take(now: now) : firstTime.take(now: now)
        if isAllowed {
            seenWithoutLine.remove(fingerprint)
            written.insert(fingerprint)
        } else {
            seenWithoutLine.insert(fingerprint)
        }
        return isAllowed
    }
}

/// The one of a listener, for all its event loops.
final class SharedStrangerLog: Sendable {
    private let log = Mutex(StrangerLog(now: .now()))

    /// - Returns: nil if the line is not to be written; else how many were not written since the last one.
    func unwrittenLines(before reason: KMIPCloseReason.Code, fingerprint: String?) -> Int? {
        log.withLock { $0.unwrittenLines(before: reason, fingerprint: fingerprint, now: .now()) }
    }
}
