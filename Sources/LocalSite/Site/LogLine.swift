import Foundation

/// A line of a process's log, in either of the forms in which `ServiceBootstrap` writes it.
struct LogLine {
    private static let complaining: Set<String> = ["warning", "error", "critical"]
    /// What fits into a message for the terminal.
    private static let longest = 300

    private struct Event: Decodable {
        let level: String
        let message: String
        let fields: [String: String]
    }

    let level: String
    /// The message and its fields.
    let words: String

    /// - Returns: nil for a line that is no event: of the language's runtime, or of a shell.
    init?(_ line: Substring) {
        if line.hasPrefix("{") {
            guard let event = try? JSONDecoder().decode(Event.self, from: Data(line.utf8)) else { return nil }
            let fields = event.fields.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            level = event.level
            words = ([event.message] + fields).joined(separator: " ")
        } else {
            // Time, level, the program's name with a colon, and what it says.
            let parts = line.split(separator: " ", maxSplits: 3)
            guard parts.count == 4, parts[0].hasSuffix("Z"), parts[2].hasSuffix(":") else { return nil }
            level = String(parts[1])
            words = String(parts[3])
        }
    }

    /// Whether it is of level warning or above.
    var isComplaint: Bool { Self.complaining.contains(level) }

    /// Whether the broker does not let the process in. These are the words of `JobTransport`.
    var isRefusalByBroker: Bool { isComplaint && words.hasPrefix("the broker refuses the user or the password") }

    var shortened: String { words.count > Self.longest ? String(words.prefix(Self.longest)) + "..." : words }
}
