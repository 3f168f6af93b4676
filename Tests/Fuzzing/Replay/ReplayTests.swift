import Foundation
import FuzzInputs
import Testing

/// Every seed, and every input that was once found to break something, through the checks of its fuzz target: what the
/// fuzzer promises is tested in every run, without the fuzzer.
struct ReplayTests {
    @Test(arguments: FuzzTarget.allCases)
    func nothingIsViolated(_ target: FuzzTarget) throws {
        try target.prepare()
        let seeds = try SeedFolder(target.rawValue).all()
        try #require(seeds.count > 10, "the seeds are not where this test looks for them")
        for (name, bytes) in seeds {
            do {
                try target.check(bytes)
            } catch {
                Issue.record("\(target.rawValue)/\(name): \(error)")
            }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func anyInputMeansSomething(_ target: FuzzTarget) throws {
        for first in UInt8.min...UInt8.max {
            for count in [0, 1, 2, 40] {
                try target.check([first] + [UInt8](repeating: first, count: count))
            }
        }
    }
}
