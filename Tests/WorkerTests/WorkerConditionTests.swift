import KeyModel
import Testing

@testable import Worker

/// When a worker is ready, and when it is dead.
@Suite struct WorkerConditionTests {
    private let start = ContinuousClock.now

    private func reason(_ condition: WorkerCondition, after seconds: Int, isConnected: Bool = true) -> String? {
        condition.whyNotReady(isConsuming: isConnected, isHeard: isConnected, at: start + .seconds(seconds))
    }

    @Test func readyIsWhoTriedItOutJustNow() {
        let condition = WorkerCondition(now: start)
        #expect(reason(condition, after: 0) == "the HSM and the key store were not tried out yet")
        condition.examined(.healthy, at: start)
        #expect(reason(condition, after: 3) == nil)
        #expect(reason(condition, after: 3, isConnected: false) == "no connection to the broker")
        #expect(reason(condition, after: 5)?.contains("were last tried out 5 s ago") == true)
        condition.examined(.storeFailing, at: start + .seconds(5))
        #expect(reason(condition, after: 5) == "the key store takes no write")
        condition.examined(.hsmFailing, at: start + .seconds(6))
        #expect(reason(condition, after: 6) == "the HSM can't unwrap a canary")
        condition.examined(.healthy, at: start + .seconds(7))
        #expect(reason(condition, after: 7) == nil)
    }

    @Test(arguments: [(true, false), (false, true)])
    func whoIsNotHeardOrGetsNoJobsIsNotReady(isConsuming: Bool, isHeard: Bool) {
        let condition = WorkerCondition(now: start)
        condition.examined(.healthy, at: start)
        #expect(condition.whyNotReady(isConsuming: isConsuming, isHeard: isHeard, at: start) != nil)
    }

    /// A long call is no death, nor is an HSM that is down: the thread turns.
    @Test func deadIsWhoseThreadHasNotTurnedForLong() {
        let condition = WorkerCondition(now: start)
        #expect(condition.whyNotAlive(at: start + .seconds(120)) == nil)
        #expect(condition.whyNotAlive(at: start + .seconds(121)) != nil)
        condition.examined(.hsmFailing, at: start + .seconds(100))
        #expect(condition.whyNotAlive(at: start + .seconds(220)) == nil)
        let reason = condition.whyNotAlive(at: start + .seconds(221))
        #expect(reason == "the thread that calls the HSM and the key store has not turned for 121 s")
    }

    @Test func aJobsWaitIsItsDeadlineLessTheTimeItHad() {
        // Published with ten seconds left, begun 300 ms later.
        #expect(JobAccount.wait(deadline: 20_000, expiration: 10_000, now: 10_300) == .milliseconds(300))
        // Clocks that differ do not make it negative, nor longer than a job may live.
        #expect(JobAccount.wait(deadline: 20_000, expiration: 10_000, now: 9_000) == .zero)
        #expect(JobAccount.wait(deadline: 20_000, expiration: 10_000, now: 900_000) == .seconds(60))
        #expect(JobAccount.wait(deadline: 20_000, expiration: nil, now: 10_300) == nil)
        #expect(JobAccount.wait(deadline: 20_000, expiration: -1, now: 10_300) == nil)
        #expect(JobAccount.wait(deadline: 20_000, expiration: .max, now: 10_300) == nil)
    }
}
