import KeyModel
import Testing

@testable import Setup

@Suite struct TicketKeyRotationTests {
    private let main: PartitionName
    private let other: PartitionName

    init() throws {
        main = try #require(PartitionName("main"))
        other = try #require(PartitionName("other"))
    }

    private func key(_ number: UInt8, _ partition: PartitionName, _ status: TicketKey.Status, at: Int64) -> TicketKey {
        TicketKey(
            tokenKeyID: Array(repeating: number, count: 16),
            partition: partition,
            status: status,
            certificate: [number],
            created: Timestamp(secondsSince1970: at)
        )
    }

    @Test func aNewKeyRetiresTheOneOfItsPartition() {
        let keys = [key(1, main, .current, at: 0), key(2, other, .current, at: 0)]
        let next = key(3, main, .current, at: 86_400)
        #expect(
            TicketKeyRotation.succeeding(keys, next)
                == [key(1, main, .retired, at: 0), key(2, other, .current, at: 0), next]
        )
    }

    /// Retired at 86,400, when the next one came; tickets made for it are good for two hours, it is kept for three.
    @Test(arguments: [(86_400 + 3 * 3_600, 0), (86_400 + 3 * 3_600 + 1, 1)] as [(Int64, Int)])
    func aRetiredKeyIsKeptUntilItsTicketsHaveExpired(now: Int64, count: Int) {
        let keys = [
            key(2, main, .current, at: 86_400), key(1, main, .retired, at: 0), key(3, other, .retired, at: 0),
        ]
        let outdated = TicketKeyRotation.outdated(keys, main, now: Timestamp(secondsSince1970: now))
        #expect(outdated == Array([key(1, main, .retired, at: 0)].prefix(count)))
    }

    @Test func theCurrentKeyIsNeverOutdated() {
        let keys = [key(1, main, .current, at: 0), key(2, main, .current, at: 1)]
        #expect(TicketKeyRotation.outdated(keys, main, now: Timestamp(secondsSince1970: 1 << 40)).isEmpty)
    }
}
