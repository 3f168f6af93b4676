import Foundation

/// What a scenario found.
package protocol ScenarioReport: Encodable, Sendable {
    /// For people: what, and the figure.
    var lines: [(String, String)] { get }
    /// Which of the stated bounds do not hold; empty if all do.
    var broken: [String] { get }
}

extension ScenarioReport {
    package var table: String {
        let width = lines.map(\.0.count).max() ?? 0
        let rows = lines.map { "  " + $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }
        let verdict = broken.isEmpty ? ["  All bounds hold."] : broken.map { "  BROKEN: " + $0 }
        return (rows + verdict).joined(separator: "\n")
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension Double {
    /// With one digit behind the point, for tables.
    package var short: String { String(format: "%.1f", self) }
}

extension Latencies {
    package var text: String { "p50 \(median.short) ms, p99 \(p99.short) ms, longest \(longest.short) ms" }
}
