import NIOCore
import NIOEmbedded
import Testing

@testable import KMIPServer

/// What those get who are not admitted: a place that is taken from them, and lines in the log that are counted.
struct StrangerTests {
    private static let begin = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func at(_ seconds: Double) -> NIODeadline {
        Self.begin + .nanoseconds(Int64(seconds * 1_000_000_000))
    }

    private func id(_ number: UInt64) -> ConnectionID { ConnectionID(number: number) }

    // MARK: The log

    @Test func theFirstLineOfACertificateIsWrittenAndTheSecondCounted() {
        var log = StrangerLog(now: at(0))
        #expect(log.unwrittenLines(before: .notRegistered, fingerprint: "aa", now: at(0)) == 0)
        for second in 1...20 {
            #expect(log.unwrittenLines(before: .notRegistered, fingerprint: "aa", now: at(Double(second))) == nil)
        }
        #expect(log.unwrittenLines(before: .notRegistered, fingerprint: "bb", now: at(21)) == 20)
        // Remembered until it was not seen for a whole period.
        #expect(log.unwrittenLines(before: .notRegistered, fingerprint: "aa", now: at(70)) == nil)
        #expect(log.unwrittenLines(before: .notRegistered, fingerprint: "aa", now: at(101)) == 1)
    }

    @Test func aFloodOfCertificatesHasABoundedLog() {
        var log = StrangerLog(now: at(0))
        var written = 0
        for number in 0..<100_000 {
            let now = at(Double(number) / 1000)
            if log.unwrittenLines(before: .notRegistered, fingerprint: "\(number)", now: now) != nil { written += 1 }
        }
        // A hundred at once and two a second for a hundred seconds.
        #expect((290...301).contains(written))
    }

    /// Whoever wants to be admitted tries again: it has lines of its own.
    @Test func aCertificateThatComesAgainGoesBeforeThoseThatComeOnce() {
        var log = StrangerLog(now: at(0))
        for number in 0..<1000 { _ = log.unwrittenLines(before: .notRegistered, fingerprint: "\(number)", now: at(0)) }
        #expect(log.unwrittenLines(before: .notRegistered, fingerprint: "client", now: at(0)) == nil)
        #expect(log.unwrittenLines(before: .notRegistered, fingerprint: "client", now: at(0.1)) != nil)
    }

    @Test func connectionsWithoutACertificateAreCountedByReason() {
        var log = StrangerLog(now: at(0))
        let first = (0..<50).map { _ in log.unwrittenLines(before: .tlsFailed, fingerprint: nil, now: at(0)) }
        #expect(first.count { $0 != nil } == 20)
        #expect(log.unwrittenLines(before: .idle, fingerprint: nil, now: at(0)) == 30)
        #expect(log.unwrittenLines(before: .tlsFailed, fingerprint: nil, now: at(1)) == 0)
        #expect(log.unwrittenLines(before: .tlsFailed, fingerprint: nil, now: at(1)) == nil)
    }

    // MARK: Places

    @Test func theOldestThatWaitsMakesRoom() {
        var waiting = WaitingConnections()
        for number in UInt64(1)...5 { waiting.append(id(number)) }
        waiting.remove(id(1))
        waiting.remove(id(3))
        #expect(waiting.removeFirst() == id(2))
        #expect(waiting.removeFirst() == id(4))
        #expect(waiting.count == 1)
        #expect(waiting.removeFirst() == id(5))
        #expect(waiting.removeFirst() == nil)
    }

    @Test func theLineIsNoLongerThanItsMembersForGood() {
        var waiting = WaitingConnections()
        waiting.append(id(1))
        for number in UInt64(2)...10_000 {
            waiting.append(id(number))
            waiting.remove(id(number))
        }
        #expect(waiting.count == 1)
        #expect(waiting.lineCount <= 130)
        #expect(waiting.removeFirst() == id(1))
    }

    @Test func admittedConnectionsKeepTheirPlaces() {
        let live = LiveConnections(limit: 2)
        let first = live.add(EmbeddedChannel())
        let second = live.add(EmbeddedChannel())
        if let first { live.admit(first, address: "192.0.2.1") }
        #expect(live.isKnown(address: "192.0.2.1"))
        #expect(!live.isKnown(address: "192.0.2.2"))
        // The second makes room; until it is gone there is one more than the limit, and no more than that.
        let third = live.add(EmbeddedChannel())
        #expect(third != nil)
        #expect(live.add(EmbeddedChannel()) == nil)
        if let second { live.remove(second) }
        if let third { live.admit(third, address: "192.0.2.1") }
        #expect(live.add(EmbeddedChannel()) == nil)
        #expect(live.count == 2)
    }

    @Test func whatWasSeenLatelyIsRemembered() {
        var seen = RecentlySeen<Int>(limit: 10)
        for value in 0..<100 {
            #expect(seen.insert(value) == true)
            #expect((max(0, value - 4)...value).allSatisfy { seen.contains($0) })
            #expect(!seen.contains(value - 10))
        }
        #expect(seen.insert(99) == false)
        seen.remove(99)
        #expect(!seen.contains(99))
        seen.age()
        #expect(seen.contains(98))
        seen.age()
        #expect(!seen.contains(98))
    }
}
