import KeyModel
import Synchronization
import Testing

@testable import Gateway

/// How jobs in flight are shared, and how lookups are limited.
struct FairnessTests {
    private func client(_ number: UInt8) throws -> CertificateFingerprint {
        try #require(CertificateFingerprint([UInt8](repeating: number, count: 32)))
    }

    private func takeAll(_ shares: inout InFlightShares, _ client: CertificateFingerprint) -> Int {
        var count = 0
        while shares.take(client) { count += 1 }
        return count
    }

    @Test func aloneAClientGetsHalf() throws {
        var shares = InFlightShares(limit: 100)
        #expect(takeAll(&shares, try client(1)) == 50)
    }

    /// However many are greedy: one that has nothing gets a place.
    @Test func thereIsAPlaceForOneThatHasNone() throws {
        var shares = InFlightShares(limit: 100)
        for number in UInt8(1)...6 {
            let got = takeAll(&shares, try client(number))
            #expect(got >= 1, "client \(number)")
        }
    }

    @Test func twoGreedyOnesGetAThirdEach() throws {
        var shares = InFlightShares(limit: 90)
        let (first, second) = (try client(1), try client(2))
        for _ in 0..<90 {
            _ = shares.take(first)
            _ = shares.take(second)
        }
        // What was taken first is given back as it is answered, and asked for again.
        #expect(takeAll(&shares, first) == 0)
        #expect(takeAll(&shares, second) == 0)
        for _ in 0..<30 {
            shares.giveBack(first)
            shares.giveBack(second)
        }
        #expect(takeAll(&shares, first) == 45)
    }

    @Test func whatIsGivenBackIsThereAgain() throws {
        var shares = InFlightShares(limit: 10)
        let one = try client(1)
        for _ in 0..<1000 {
            #expect(shares.take(one) == true)
            shares.giveBack(one)
        }
        // Nothing is given back that was not taken.
        shares.giveBack(one)
        #expect(takeAll(&shares, one) == 5)
    }

    @Test func theSmallestLimitServesOne() throws {
        var shares = InFlightShares(limit: 1)
        #expect(shares.take(try client(1)) == true)
        #expect(shares.take(try client(2)) == false)
        shares.giveBack(try client(1))
        #expect(shares.take(try client(2)) == true)
    }

    @Test(.timeLimit(.minutes(1))) func aTurnstileLetsSoManyInAndTheUrgentFirst() async {
        let turnstile = Turnstile(places: 1, mostWaiting: 2)
        let order = Mutex<[String]>([])
        let visit: @Sendable (String, Bool) async -> Void = { name, isUrgent in
            let isIn = await turnstile.enter(isUrgent: isUrgent)
            order.withLock { $0.append(isIn ? name : "\(name) not") }
            if isIn { turnstile.leave() }
        }
        #expect(await turnstile.enter(isUrgent: false))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await visit("first", false) }
            while turnstile.waitingCount < 1 { await Task.yield() }
            group.addTask { await visit("second", false) }
            while turnstile.waitingCount < 2 { await Task.yield() }
            await visit("third", false)
            group.addTask { await visit("urgent", true) }
            while turnstile.waitingCount < 3 { await Task.yield() }
            turnstile.leave()
        }
        #expect(order.withLock { $0 } == ["third not", "urgent", "first", "second"])
        #expect(await turnstile.enter(isUrgent: false))
    }

    @Test func refusalsAreCountedInOneLineASecond() {
        var lines = BusyLines()
        #expect(lines.line(now: 5_000) == 0)
        for now in Int64(5_001)...5_999 { #expect(lines.line(now: now) == nil) }
        #expect(lines.line(now: 6_000) == 999)
        #expect(lines.line(now: 60_000) == 0)
    }

    @Test func openFilesBoundConnections() {
        #expect(OpenFileLimit.connections(files: 1024) == 848)
        #expect(OpenFileLimit.connections(files: 20_000) > 17_000)
        #expect(OpenFileLimit.connections(files: 10) == 1)
        // With the eighth more that the listener has for a moment, and all other files.
        for files in [200, 1024, 4096] { #expect(OpenFileLimit.connections(files: files) * 9 / 8 + 64 <= files) }
    }
}
