import FaultChecker
import Foundation
import Testing

@testable import FaultDriver

@Suite struct FaultReportTests {
    private func makeReport(without missing: HistoryEntry.Kind? = nil) -> FaultReport {
        var report = FaultReport(seed: 1)
        for kind in HistoryEntry.Kind.allCases where kind != missing {
            report.operations[kind.rawValue] = FaultReport.Count(succeeded: 1, refused: 2, unclear: 3)
        }
        return report
    }

    @Test func aRunInWhichEverythingSucceededOnceIsGood() {
        let report = makeReport()
        #expect(report.isGood)
        #expect(report.text.last == "Every promise was kept.")
    }

    @Test(arguments: HistoryEntry.Kind.allCases)
    func whatNeverSucceededWasNotTried(_ kind: HistoryEntry.Kind) {
        var report = makeReport(without: kind)
        #expect(!report.isGood)
        report.operations[kind.rawValue] = FaultReport.Count(succeeded: 0, refused: 5, unclear: 0)
        #expect(!report.isGood)
        #expect(report.text.last == "NOT DONE: no success of \(kind.rawValue)")
    }

    @Test func whatWasNotDoneIsNotGood() {
        var report = makeReport()
        report.failures.append("worker-1 ended with code 70 by itself")
        #expect(!report.isGood)
    }

    /// Audit records have the system's time, in whole seconds.
    @Test func theSystemsSecondsAreFoundInTheHistory() {
        let recorder = Recorder()
        for _ in 0..<50 { recorder.record([]) }
        let before = recorder.now
        let second = Int64(Date().timeIntervalSince1970)
        let after = recorder.now
        #expect(recorder.moments(ofSecond: second).overlaps(before...after))
        #expect(!recorder.moments(ofSecond: second + 60).overlaps(before...after))
        #expect(!recorder.moments(ofSecond: second - 60).overlaps(before...after))
    }
}
