import Synchronization
import Testing

@testable import Commands

@Suite("Progress")
struct ProgressTests {
    private let start = ContinuousClock.now

    @Test("The rate is that of the last seconds; what was done before does not count")
    func estimate() {
        var estimate = ProgressEstimate(done: 5_000, of: 10_000, at: start)
        #expect(estimate.rate == nil)
        #expect(estimate.timeLeft == nil)
        for second in 1...10 {
            estimate.record(done: 5_000 + second * 100, of: 10_000, at: start + .seconds(second))
        }
        #expect(estimate.rate == 100)
        #expect(estimate.timeLeft == .seconds(40))
        for second in 11...60 {
            estimate.record(done: 6_000 + (second - 10) * 10, of: 10_000, at: start + .seconds(second))
        }
        #expect(estimate.rate == 10)
        #expect(estimate.timeLeft == .seconds(350))
    }

    @Test("Work that stands still, has nothing to do, or begins anew")
    func edges() {
        var still = ProgressEstimate(done: 1, of: 2, at: start)
        still.record(done: 1, of: 2, at: start + .seconds(5))
        #expect(still.rate == 0)
        #expect(still.timeLeft == nil)
        #expect(ProgressEstimate(done: 0, of: 0, at: start).fraction == 1)
        var again = ProgressEstimate(done: 50, of: 100, at: start)
        again.record(done: 0, of: 100, at: start + .seconds(5))
        #expect(again.rate == nil)
        again.record(done: 10, of: 100, at: start + .seconds(6))
        #expect(again.rate == 10)
    }

    @Test("In words, and as a bar of the terminal's width")
    func line() {
        var estimate = ProgressEstimate(done: 0, of: 100_000, at: start)
        estimate.record(done: 43_210, of: 100_000, at: start + .seconds(10))
        let line = ProgressLine(title: "Rewrapping", unit: "keys", estimate: estimate)
        #expect(line.sentence == "Rewrapping: 43,210 of 100,000 keys (43 %), 4,321 keys/s, 13 s left")
        #expect(
            line.bar(columns: 100)
                == "Rewrapping  [############------------------]  43,210 of 100,000 keys  43 %  4,321 keys/s, 13 s left"
        )
        #expect(line.bar(columns: 70) == "Rewrapping  43,210 of 100,000 keys  43 %  4,321 keys/s, 13 s left")
        #expect(line.bar(columns: 20) == "Rewrapping  43,210 ")
    }

    @Test(
        "Times, for people",
        arguments: [
            (0, "less than 1 s"), (59, "59 s"), (725, "12 min 5 s"), (12_000, "3 h 20 min"), (187_200, "2 d 4 h"),
        ]
    )
    func times(seconds: Int, expected: String) {
        #expect(ProgressLine.text(.seconds(seconds)) == expected)
    }

    @Test("On a terminal one line is drawn anew, not too often, and left at the end")
    func terminal() {
        let terminal = RecordedTerminal()
        var report = ProgressReport("Rewrapping", unit: "keys", done: 0, of: 10, at: start, console: terminal.console)
        report.update(done: 1, of: 10, at: start + .milliseconds(10))
        report.update(done: 5, of: 10, at: start + .seconds(1))
        report.update(done: 10, of: 10, at: start + .milliseconds(1_010))
        report.end(at: start + .milliseconds(1_010))
        let drawn = terminal.screen.split(separator: "\r")
        #expect(drawn.count == 3)
        #expect(drawn.last?.hasSuffix("10 of 10 keys  100 %  done\u{1B}[K\n") == true)
        #expect(terminal.screen.filter { $0 == "\n" }.count == 1)
    }

    @Test("Elsewhere there is a line at the start, now and then, and at the end")
    func lines() {
        let lines = Mutex<[String]>([])
        let console = Console(
            output: { _ in },
            error: { line in lines.withLock { $0.append(line) } },
            secretOutput: { _ in },
            environment: [:]
        )
        var report = ProgressReport("Rewrapping", unit: "keys", done: 0, of: 60, at: start, console: console)
        for second in 1...60 { report.update(done: second, of: 60, at: start + .seconds(second)) }
        report.end(at: start + .seconds(60))
        #expect(
            lines.withLock { $0 } == [
                "Rewrapping: 0 of 60 keys (0 %), just begun",
                "Rewrapping: 30 of 60 keys (50 %), 1.0 keys/s, 30 s left",
                "Rewrapping: 60 of 60 keys (100 %), done",
                "Rewrapping: 60 of 60 keys (100 %), done",
            ]
        )
    }
}
