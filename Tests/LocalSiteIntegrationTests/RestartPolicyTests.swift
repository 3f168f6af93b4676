import Testing

@testable import LocalSite

@Suite struct RestartPolicyTests {
    @Test(arguments: [64, 77, 78] as [Int32])
    func someEndsAreForGood(code: Int32) {
        var policy = RestartPolicy()
        #expect(policy.decide(.worker(1), .exited(code: code), now: .now) == .leave)
    }

    @Test func pausesGrowAndAreForgotten() {
        var policy = RestartPolicy()
        let start = ContinuousClock.now
        let pauses = (0..<10).map { _ in policy.decide(.gateway, .killed(signal: 9), now: start) }
        #expect(pauses[0] == .restart(after: .milliseconds(250)))
        #expect(pauses[1] == .restart(after: .milliseconds(500)))
        #expect(pauses[9] == .restart(after: .seconds(32)))
        #expect(policy.decide(.admin, .exited(code: 70), now: start) == .restart(after: .milliseconds(250)))
        #expect(
            policy.decide(.gateway, .exited(code: 70), now: start + .seconds(61)) == .restart(after: .milliseconds(250))
        )
    }
}
