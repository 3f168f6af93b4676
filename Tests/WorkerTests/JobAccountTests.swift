import Testing

@testable import Worker

@Suite struct JobAccountTests {
    @Test(arguments: [
        (Int64(10_000), Int64?(8_000), Int64(5_000), Duration?.some(.milliseconds(3_000))),
        (10_000, 8_000, 1_000, .zero),
        (10_000, nil, 5_000, nil), (10_000, -1, 5_000, nil), (10_000, 8_000, 1_000_000, .milliseconds(60_000)),
        // What a sender may write.
        (.min, 1, 5_000, nil), (.min, 0, 5_000, nil), (.max, 0, 5_000, .zero), (.max, 0, -5, nil),
    ])
    func theWaitIsTheTimeSincePublication(deadline: Int64, expiration: Int64?, now: Int64, expected: Duration?) {
        #expect(JobAccount.wait(deadline: deadline, expiration: expiration, now: now) == expected)
    }
}
