import Testing

@testable import JobTransport

@Suite struct FleetFeedTests {
    private func message(_ number: UInt8, key: String = "heartbeat.east") -> FleetMessage {
        FleetMessage(routingKey: key, body: [number])
    }

    private func read(_ count: Int, from feed: FleetFeed) async -> [FleetItem?] {
        var iterator = feed.makeAsyncIterator()
        var items: [FleetItem?] = []
        for _ in 0..<count { items.append(await iterator.next()) }
        return items
    }

    @Test func beginsWithAGapAndKeepsTheOrder() async {
        let feed = FleetFeed(prefix: "", limit: 10)
        for number in 1...3 as ClosedRange<UInt8> { #expect(!feed.offer(message(number))) }
        feed.cancel()
        let items = await read(5, from: feed)
        #expect(items == [.gap, .message(message(1)), .message(message(2)), .message(message(3)), nil])
    }

    @Test func dropsTheOldestAndSaysSo() async {
        let feed = FleetFeed(prefix: "", limit: 2)
        #expect(await read(1, from: feed) == [.gap])
        #expect(!feed.offer(message(1)))
        #expect(!feed.offer(message(2)))
        #expect(feed.offer(message(3)))
        #expect(feed.offer(message(4)))
        #expect(await read(3, from: feed) == [.gap, .message(message(3)), .message(message(4))])
    }

    @Test func hearsOnlyItsPrefix() async {
        let feed = FleetFeed(prefix: "notice.", limit: 2)
        _ = feed.offer(message(1))
        _ = feed.offer(message(2, key: "notice.east.certificate"))
        #expect(await read(2, from: feed) == [.gap, .message(message(2, key: "notice.east.certificate"))])
    }

    @Test func aReaderWaitsAndIsWoken() async {
        let feed = FleetFeed(prefix: "", limit: 2)
        #expect(await read(1, from: feed) == [.gap])
        async let item = read(1, from: feed)
        await Task.yield()
        _ = feed.offer(message(1))
        #expect(await item == [.message(message(1))])
        feed.offerGap()
        #expect(await read(1, from: feed) == [.gap])
    }

    @Test func aCancelledReaderIsLetGo() async {
        let feed = FleetFeed(prefix: "", limit: 2)
        #expect(await read(1, from: feed) == [.gap])
        for _ in 0..<100 {
            let reader = Task { await read(1, from: feed) }
            reader.cancel()
            #expect(await reader.value == [nil])
        }
    }
}
