internal import ArgumentParser
internal import FoundationEssentials

/// A moment on the command line: `2026-11-28`, `2026-11-28T12:00:00Z`, or `30d` for thirty days ago.
package struct MomentArgument: ExpressibleByArgument, Sendable {
    let date: Date

    package init?(argument: String) {
        if argument.last == "d", let days = Int(argument.dropLast()), (0...100_000).contains(days) {
            date = Date(timeIntervalSinceNow: -86_400 * Double(days))
            return
        }
        let moment = argument.contains("T") ? argument : argument + "T00:00:00Z"
        guard let date = try? Date(moment, strategy: .iso8601) else { return nil }
        self.date = date
    }
}
