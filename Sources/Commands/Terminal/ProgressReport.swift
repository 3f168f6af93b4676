/// Tells how far long work has come: on a terminal a bar that is drawn anew, elsewhere a line now and then. Both on
/// standard error.
///
///     var progress = ProgressReport("Rewrapping", unit: "keys", done: 0, of: 100_000)
///     progress.update(done: 1_000, of: 100_000)     // as often as one likes
///     progress.end()                                // always, before anything else is printed
struct ProgressReport {
    private static let redraw = Duration.milliseconds(200)
    private static let repeatLine = Duration.seconds(30)

    private let title: String
    private let unit: String
    private let console: Console
    private var estimate: ProgressEstimate
    private var lastShown: ContinuousClock.Instant?
    private var isLineOpen = false

    /// - Parameters:
    ///   - title: what is being done, as one word or two.
    ///   - unit: what is counted, in the plural.
    init(
        _ title: String,
        unit: String,
        done: Int,
        of total: Int,
        at instant: ContinuousClock.Instant = .now,
        console: Console = .current
    ) {
        self.title = title
        self.unit = unit
        self.console = console
        estimate = ProgressEstimate(done: done, of: total, at: instant)
        show(at: instant)
    }

    /// `total` may change while the work goes on.
    mutating func update(done: Int, of total: Int, at instant: ContinuousClock.Instant = .now) {
        estimate.record(done: done, of: total, at: instant)
        let interval = console.terminal.errorColumns() == nil ? Self.repeatLine : Self.redraw
        if let lastShown, lastShown.duration(to: instant) < interval { return }
        show(at: instant)
    }

    /// Shows the last state, and leaves the line.
    mutating func end(at instant: ContinuousClock.Instant = .now) {
        show(at: instant)
        if isLineOpen { console.terminal.errorFragment("\n") }
        isLineOpen = false
    }

    private mutating func show(at instant: ContinuousClock.Instant) {
        lastShown = instant
        let line = ProgressLine(title: title, unit: unit, estimate: estimate)
        guard let columns = console.terminal.errorColumns() else {
            console.error(line.sentence)
            return
        }
        // Back to the line's begin, write, and clear what an earlier, longer line left (ECMA-48, EL).
        console.terminal.errorFragment("\r" + line.bar(columns: columns) + "\u{1B}[K")
        isLineOpen = true
    }
}

/// Progress in words.
struct ProgressLine {
    let title: String
    let unit: String
    let estimate: ProgressEstimate

    /// "Rewrapping: 43,210 of 100,000 keys (43 %), 1,234 keys/s, 46 s left"
    var sentence: String {
        "\(title): \(count) (\(percent)), \(pace)"
    }

    /// The same with a bar, if it fits; never as wide as the terminal, where some begin a line of their own accord.
    func bar(columns: Int) -> String {
        let text = "\(count)  \(percent)  \(pace)"
        let room = min(columns - 1 - title.count - text.count - 6, 40)
        guard room >= 8 else { return String("\(title)  \(text)".prefix(max(columns - 1, 0))) }
        let filled = Int((Double(room) * estimate.fraction).rounded(.down))
        return
            "\(title)  [\(String(repeating: "#", count: filled))\(String(repeating: "-", count: room - filled))]  \(text)"
    }

    private var count: String {
        "\(Self.grouped(estimate.done)) of \(Self.grouped(estimate.total)) \(unit)"
    }

    /// Rounded down: 100 % is when all is done.
    private var percent: String {
        "\(Int((estimate.fraction * 100).rounded(.down))) %"
    }

    private var pace: String {
        guard estimate.done < estimate.total else { return "done" }
        guard let rate = estimate.rate else { return "just begun" }
        guard let left = estimate.timeLeft else { return "nothing has moved lately" }
        let perSecond = rate < 10 ? Self.oneDecimal(rate) : Self.grouped(Int(rate))
        return "\(perSecond) \(unit)/s, \(Self.text(left)) left"
    }

    /// "46 s", "12 min 5 s", "3 h 20 min", "2 d 4 h": what it takes to decide whether to wait.
    static func text(_ duration: Duration) -> String {
        let seconds = Int(duration.components.seconds)
        return switch seconds {
        case ..<1: "less than 1 s"
        case ..<60: "\(seconds) s"
        case ..<3_600: "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
        default: "\(seconds / 86_400) d \(seconds % 86_400 / 3_600) h"
        }
    }

    /// 1,234,567
    static func grouped(_ number: Int) -> String {
        var digits = "\(number.magnitude)"
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = String(digits.dropLast(3))
        }
        return (number < 0 ? "-" : "") + ([Substring(digits)] + groups).joined(separator: ",")
    }

    private static func oneDecimal(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
