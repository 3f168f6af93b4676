import FaultPoints
import Testing

@testable import FaultDriver

@Suite struct FaultPlanTests {
    @Test func theSameSeedMakesTheSamePlan() {
        let one = FaultPlan(Fault.usual, rounds: 3, seed: 5).strikes
        #expect(one == FaultPlan(Fault.usual, rounds: 3, seed: 5).strikes)
        #expect(one != FaultPlan(Fault.usual, rounds: 3, seed: 6).strikes)
    }

    @Test func eachRoundHasEachFaultOnce() {
        let faults = Fault.usual
        let strikes = FaultPlan(faults, rounds: 2, seed: 1).strikes.map(\.fault)
        #expect(strikes.count == 2 * faults.count)
        for round in [strikes.prefix(faults.count), strikes.suffix(faults.count)] {
            #expect(Set(round) == Set(faults))
        }
    }

    @Test func clientsDrawDifferentNumbers() {
        var firsts: Set<UInt64> = []
        for number in 0..<16 {
            var generator = SeededGenerator(seed: 1, of: number)
            firsts.insert(generator.next())
        }
        #expect(firsts.count == 16)
    }

    /// The first three numbers of SplitMix64 for the seed 1234567, as its authors' code prints them.
    @Test func theGeneratorIsSplitMix64() {
        var generator = SeededGenerator(seed: 1_234_567)
        let numbers = (0..<3).map { _ in generator.next() }
        #expect(numbers == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
    }

    @Test func faultsAreChosenByName() {
        #expect(Fault.named("kill-worker") == [.kill(.worker)])
        #expect(Fault.named("pause-broker") == [.pause(.broker)])
        #expect(Fault.named("full-disk") == [.fullDisk])
        for name in ["", "kill", "kill-", "kill-disk", "stop-worker", "kill@worker.nowhere", "full"] {
            #expect(Fault.named(name) == nil)
        }
        #if DEBUG
            #expect(Fault.named("kill@worker.changes-committed") == [.point(.changesCommitted, .kill, in: .worker)])
            #expect(
                Fault.named("pause@gateway.job-sealed")
                    == [.point(.jobSealed, .pause, in: .gateway), .point(.jobSealed, .pause, in: .admin)]
            )
            // Every point is someone's.
            let points = Fault.named("kill-points")?.compactMap {
                if case .point(let point, _, _) = $0 { point } else { nil }
            }
            #expect(Set(points ?? []) == Set(FaultPoint.allCases))
            #expect(Fault.named("pause-points")?.count == Fault.named("kill-points")?.count)
        #endif
    }
}
