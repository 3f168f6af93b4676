import FaultChecker
import Testing

@testable import FaultDriver

@Suite struct ServiceGapsTests {
    private func success(_ gateway: Int, at moment: Double, _ outcome: HistoryEntry.Outcome = .done) -> HistoryEntry {
        HistoryEntry(
            client: "c",
            gateway: gateway,
            request: .activate("k"),
            outcome: outcome,
            invoked: moment - 0.1,
            answered: moment
        )
    }

    @Test func theLongestGapCountsFromTheLastSuccessToTheNext() {
        let gaps = ServiceGaps([1, 2, 5, 6].map { success(1, at: $0) })
        #expect(gaps.longest(from: 3, to: 4, gateway: 0) == 3)
        #expect(gaps.longest(from: 1, to: 2, gateway: 0) == 1)
        #expect(gaps.longest(from: 0, to: 10, gateway: 1) == 4)
    }

    @Test func gatewaysCountByThemselvesAndTogether() {
        let gaps = ServiceGaps([success(1, at: 1), success(2, at: 2), success(1, at: 5), success(2, at: 3)])
        #expect(gaps.longest(from: 1, to: 5, gateway: 1) == 4)
        #expect(gaps.longest(from: 1, to: 5, gateway: 0) == 2)
        #expect(gaps.longest(from: 1, to: 5, gateway: 2) == 2)
    }

    @Test func refusalsAndLostAnswersAreNoService() {
        let gaps = ServiceGaps([
            success(1, at: 1), success(1, at: 2, .unclear("cut off")), success(1, at: 3, .refused(.denied)),
            success(1, at: 4),
        ])
        #expect(gaps.longest(from: 1, to: 4, gateway: 1) == 3)
    }
}
