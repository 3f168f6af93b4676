import FaultChecker
import FaultDriver
import TestServices
import Testing

/// Short runs of the fault driver: the checker must see what two broken workers do, and nothing in the right one.
@Suite(
    .serialized,
    .enabled(if: ServiceRequirement.rabbitMQ.isMet && ServiceRequirement.softHSM.isMet),
    .timeLimit(.minutes(3))
)
struct BrokenWorkerTests {
    private func run(_ faults: [String], rounds: Int = 1, defect: String? = nil) async throws -> FaultReport {
        let faults = try faults.flatMap { try #require(Fault.named($0)) }
        var options = FaultRunOptions(seed: 7, keys: 150, faults: faults, limit: .seconds(90))
        options.rounds = rounds
        if let defect {
            options.workerProgram = "keyferry-worker-broken"
            options.workerEnvironment = ["WORKER_DEFECT": defect]
        }
        return try await FaultRun.run(options)
    }

    private func kinds(_ report: FaultReport) -> Set<Violation.Kind> { Set(report.violations.map(\.kind)) }

    @Test func theRightWorkerKeepsItsPromises() async throws {
        let report = try await run(["kill@worker.changes-committed", "kill@worker.operations-done"])
        #expect(report.isGood, "\(report.text.joined(separator: "\n"))")
        #expect(report.keysPromised >= 150)
        #expect(report.faults.map(\.count) == [1, 1])
    }

    @Test func aWorkerThatAnswersBeforeItCommitsIsCaught() async throws {
        let report = try await run(["kill-worker", "kill@worker.jobs-acknowledged"], defect: "answers-before-commit")
        // Not there yet when it is read back. Whether a kill then takes it away for good, and whether the job is delivered
        // again and makes another key, is a matter of moments.
        #expect(kinds(report).contains(.keyUnreadable), "\(report.text.joined(separator: "\n"))")
    }

    @Test func aWorkerThatIgnoresOutcomesIsCaught() async throws {
        let report = try await run(
            ["kill@worker.changes-committed", "kill@worker.replies-sealed"],
            rounds: 3,
            defect: "ignores-outcomes"
        )
        // What of it is seen depends on what was in hand when the worker died: a Create makes two keys; an Activate is done
        // by the first delivery and refused by the second.
        let doneTwice: Set<Violation.Kind> = [.createdTwice, .stateUnasked]
        #expect(!kinds(report).isDisjoint(with: doneTwice), "\(report.text.joined(separator: "\n"))")
        #expect(!kinds(report).contains(.keyLost))
    }
}
