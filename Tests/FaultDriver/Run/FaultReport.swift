package import FaultChecker
import Foundation

/// What a run did, and what was not as it should be.
package struct FaultReport: Codable, Sendable {
    package struct Count: Codable, Sendable, Hashable {
        package var succeeded = 0
        package var refused = 0
        package var unclear = 0
        /// Answers that are none to what was asked: each is a violation as well.
        package var wrong = 0
    }

    package struct FaultLine: Codable, Sendable {
        package let fault: String
        package internal(set) var count: Int
        /// The longest time in which no client was told of a success, in seconds, of all strikes.
        package internal(set) var longestWithoutService: Double
        /// The same for the clients of one gateway, whichever it was worst for.
        package internal(set) var longestWithoutServiceOfOneGateway: Double
    }

    package let seed: UInt64
    package internal(set) var seconds: Double = 0
    /// By kind.
    package internal(set) var operations: [String: Count] = [:]
    package internal(set) var keysPromised = 0
    package internal(set) var keysOfLostAnswers = 0
    package internal(set) var keysStored = 0
    package internal(set) var auditRecords = 0
    /// Certificates that an operator registered or removed, as far as he was told so.
    package internal(set) var operatorChanges = 0
    package internal(set) var faults: [FaultLine] = []
    package internal(set) var violations: [Violation] = []
    /// What the run was to do and did not.
    package internal(set) var failures: [String] = []

    package var isGood: Bool { violations.isEmpty && failures.isEmpty && neverSucceeded.isEmpty }

    /// Operations of the load of which there was no success: nothing was promised of them.
    package var neverSucceeded: [String] {
        HistoryEntry.Kind.allCases.map(\.rawValue).filter { (operations[$0]?.succeeded ?? 0) == 0 }
    }

    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// For the terminal.
    package var text: [String] {
        var lines = [
            "seed \(seed), \(Self.seconds(seconds)) s", "",
            "operation            yes   refused   unclear     wrong",
        ]
        for (kind, count) in operations.sorted(by: { $0.key < $1.key }) {
            lines.append(
                Self.pad(kind, 16) + Self.lead(count.succeeded, 8) + Self.lead(count.refused, 10)
                    + Self.lead(count.unclear, 10) + Self.lead(count.wrong, 10)
            )
        }
        lines += [
            "", "keys: \(keysPromised) promised + \(keysOfLostAnswers) of lost answers, \(keysStored) in the store",
            "audit records of successes: \(auditRecords); operators' changes: \(operatorChanges)", "",
            "longest time without service, seconds:            all gateways   one gateway",
        ]
        for line in faults {
            lines.append(
                Self.pad("\(line.fault) (\(line.count))", 46)
                    + Self.lead(Self.seconds(line.longestWithoutService), 16)
                    + Self.lead(Self.seconds(line.longestWithoutServiceOfOneGateway), 14)
            )
        }
        lines.append("")
        for violation in violations.prefix(20) { lines += Self.lines(of: violation) }
        if violations.count > 20 { lines.append("... and more; all of them are in the JSON report") }
        lines += failures.map { "NOT DONE: \($0)" }
        if !neverSucceeded.isEmpty { lines.append("NOT DONE: no success of \(neverSucceeded.joined(separator: ", "))") }
        if isGood { lines.append("Every promise was kept.") }
        if !violations.isEmpty { lines.append("\(violations.count) promises were broken.") }
        return lines
    }

    private static func lines(of violation: Violation) -> [String] {
        ["VIOLATION \(violation.kind.rawValue) \(violation.subject): \(violation.explanation)"]
            + violation.history.prefix(30).map { entry in
                "    \(seconds(entry.invoked))-\(seconds(entry.answered)) gateway \(entry.gateway)"
                    + " \(entry.client.prefix(8)) \(entry.request) -> \(entry.outcome)"
            }
    }

    private static func seconds(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(1, width - text.count))
    }

    private static func lead(_ value: some CustomStringConvertible, _ width: Int) -> String {
        let text = value.description
        return String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
