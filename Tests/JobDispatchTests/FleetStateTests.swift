import JobDispatch
import KeyModel
import Testing

/// What a front concludes from what it hears, without a clock.
struct FleetStateTests {
    private let partition: PartitionName

    init() throws {
        partition = try #require(PartitionName("p1"))
    }

    private func heartbeat(
        _ name: String,
        _ health: Heartbeat.Health = .healthy,
        generation: UInt64 = 1,
        key: UInt8 = 1,
        time: Int64 = 0
    ) -> Heartbeat {
        Heartbeat(
            bootID: [UInt8](repeating: 0, count: 16),
            sequence: 1,
            time: time,
            partition: partition,
            workerName: name,
            health: health,
            authorityGeneration: generation,
            ticketKeyCertificate: [key],
            hsmSessions: 1,
            jobsDone: 0
        )
    }

    private func front(_ name: String) -> FrontHeartbeat {
        FrontHeartbeat(
            bootID: [],
            sequence: 1,
            time: 0,
            name: name,
            role: .gateway,
            openConnections: 4,
            jobsInFlight: 2
        )
    }

    @Test func nobodyServesWhoWasNotHeard() {
        let state = FleetState(partition: partition)
        #expect(!state.isServing(monotonic: 0))
        #expect(state.ticketKeyCertificate(monotonic: 0) == nil)
        #expect(state.workersTime(wall: 77) == 77)
    }

    @Test(arguments: [(0, true), (3_000, true), (3_001, false), (60_000, false)] as [(Int64, Bool)])
    func aWorkerServesForThreeSeconds(_ later: Int64, _ expected: Bool) {
        var state = FleetState(partition: partition)
        state.hear(heartbeat("w"), monotonic: 500, wall: 0)
        #expect(state.isServing(monotonic: 500 + later) == expected)
        #expect((state.ticketKeyCertificate(monotonic: 500 + later) != nil) == expected)
    }

    @Test(arguments: [
        ([Heartbeat.Health.healthy], true), ([.hsmFailing], false), ([.storeFailing], false),
        ([.healthy, .hsmFailing], false), ([.hsmFailing, .healthy], true),
    ])
    func theLatestWordCounts(_ words: [Heartbeat.Health], _ expected: Bool) {
        var state = FleetState(partition: partition)
        for word in words { state.hear(heartbeat("w", word), monotonic: 0, wall: 0) }
        #expect(state.isServing(monotonic: 0) == expected)
    }

    @Test func oneHealthyWorkerIsEnough() {
        var state = FleetState(partition: partition)
        state.hear(heartbeat("a", .hsmFailing), monotonic: 0, wall: 0)
        state.hear(heartbeat("b"), monotonic: 0, wall: 0)
        state.hear(heartbeat("c", .storeFailing), monotonic: 0, wall: 0)
        #expect(state.isServing(monotonic: 0))
    }

    @Test func theTicketKeyIsThatOfTheNewestAuthority() {
        var state = FleetState(partition: partition)
        state.hear(heartbeat("a", generation: 7, key: 7), monotonic: 0, wall: 0)
        state.hear(heartbeat("b", generation: 9, key: 9), monotonic: 0, wall: 0)
        state.hear(heartbeat("c", generation: 8, key: 8), monotonic: 0, wall: 0)
        state.hear(heartbeat("d", .hsmFailing, generation: 10, key: 10), monotonic: 0, wall: 0)
        #expect(state.ticketKeyCertificate(monotonic: 0) == [9])
        state.hear(heartbeat("c", generation: 9, key: 9), monotonic: 2_000, wall: 0)
        #expect(state.ticketKeyCertificate(monotonic: 4_000) == [9])
    }

    @Test func theClockIsTheHealthyWorkers() {
        var state = FleetState(partition: partition)
        state.hear(heartbeat("a", time: 1_250), monotonic: 0, wall: 1_000)
        #expect(state.workersTime(wall: 5_000) == 5_250)
        state.hear(heartbeat("a", .hsmFailing, time: 9_999), monotonic: 0, wall: 1_000)
        #expect(state.workersTime(wall: 5_000) == 5_250)
        state.hear(heartbeat("b", time: 900), monotonic: 0, wall: 1_000)
        #expect(state.workersTime(wall: 5_000) == 4_900)
    }

    /// A worker's clock may say anything: what follows from it is wrong, and ends no process.
    @Test(
        arguments: [
            (Int64.max, 1_000, Int64.max), (.max, -1_000, .max), (.min, 1_000, Int64.min + 5_000),
            (.min, -1_000, Int64.min + 6_000),
        ] as [(Int64, Int64, Int64)]
    )
    func aClockAtTheEndOfTheRangeOverflowsNothing(_ time: Int64, _ wall: Int64, _ expected: Int64) {
        var state = FleetState(partition: partition)
        state.hear(heartbeat("a", time: time), monotonic: 0, wall: wall)
        #expect(state.workersTime(wall: 5_000) == expected)
        #expect(state.workersTime(wall: .max) >= expected)
        #expect(state.workersTime(wall: .min) <= expected)
    }

    @Test func theStatusTellsWhoIsThere() {
        var state = FleetState(partition: partition)
        state.hear(heartbeat("b", .hsmFailing, generation: 3), monotonic: 1_000, wall: 0)
        state.hear(heartbeat("a", generation: 4), monotonic: 2_000, wall: 0)
        state.hear(front("g"), monotonic: 1_500)
        let status = state.status(monotonic: 2_500, queueDepths: ["interactive": 6])
        #expect(status.workers.map(\.name) == ["a", "b"])
        #expect(status.workers.map(\.health) == [.healthy, .hsmFailing])
        #expect(status.workers.map(\.millisecondsSinceHeard) == [500, 1_500])
        #expect(status.workers.map(\.authorityGeneration) == [4, 3])
        #expect(status.fronts.map(\.name) == ["g"] && status.fronts[0].millisecondsSinceHeard == 1_000)
        #expect(status.fronts[0].openConnections == 4 && status.fronts[0].jobsInFlight == 2)
        #expect(status.partitions.map(\.partition) == [partition] && status.partitions[0].isServing)
        #expect(status.partitions[0].queueDepths == ["interactive": 6])
    }

    @Test func theSilentAreForgottenAfterTenMinutes() {
        var state = FleetState(partition: partition)
        state.hear(heartbeat("a"), monotonic: 0, wall: 0)
        state.hear(front("g"), monotonic: 0)
        state.hear(heartbeat("b"), monotonic: 600_000, wall: 0)
        #expect(state.status(monotonic: 600_000, queueDepths: [:]).workers.map(\.name) == ["a", "b"])
        state.hear(heartbeat("b"), monotonic: 600_001, wall: 0)
        let status = state.status(monotonic: 600_001, queueDepths: [:])
        #expect(status.workers.map(\.name) == ["b"] && status.fronts.isEmpty)
    }

    @Test func soManyMembersAreKept() {
        var state = FleetState(partition: partition)
        for number in 0..<1_100 {
            state.hear(heartbeat("w-\(number)", .hsmFailing), monotonic: 0, wall: 0)
            state.hear(front("g-\(number)"), monotonic: 0)
        }
        let status = state.status(monotonic: 0, queueDepths: [:])
        #expect(status.workers.count == 1_024 && status.fronts.count == 1_024)
        // Those who are known are heard all the same.
        state.hear(heartbeat("w-5"), monotonic: 1_000, wall: 0)
        #expect(state.isServing(monotonic: 1_000))
    }

    /// The reason is there exactly while nothing is served: readiness is the condition by which clients are served.
    @Test func thereIsAReasonExactlyWhileNotServing() {
        var state = FleetState(partition: partition)
        func check(_ monotonic: Int64, _ reason: String?) {
            #expect(state.whyNotServing(monotonic: monotonic) == reason)
            #expect(state.isServing(monotonic: monotonic) == (reason == nil))
        }
        check(0, "no worker of partition p1 is heard")
        state.hear(heartbeat("w1", .storeFailing, generation: 7), monotonic: 0, wall: 0)
        state.hear(heartbeat("w2", .hsmFailing), monotonic: 1_000, wall: 0)
        check(
            1_000,
            "2 worker(s) of partition p1 are heard, and none is healthy: the HSM can't unwrap a canary, "
                + "the key store takes no write"
        )
        check(3_500, "1 worker(s) of partition p1 are heard, and none is healthy: the HSM can't unwrap a canary")
        state.hear(heartbeat("w3"), monotonic: 3_500, wall: 0)
        check(3_500, nil)
        check(6_500, nil)
        let counts = state.counts(monotonic: 3_500)
        #expect(counts.heard == 2 && counts.healthy == 1 && counts.newestGeneration == 7)
        check(6_501, "no worker of partition p1 is heard")
    }
}
