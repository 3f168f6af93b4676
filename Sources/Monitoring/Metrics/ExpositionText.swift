/// Writes metrics in Prometheus's text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct ExpositionText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var content = ""

    mutating func begin(_ metric: MetricDescription) {
        content += "# HELP \(metric.name) \(Self.escapedHelp(metric.help))\n# TYPE \(metric.name) \(metric.kind.name)\n"
    }

    mutating func append(_ sample: MetricSample, of metric: MetricDescription, labelValues: [String]) {
        let labels = zip(metric.labels, labelValues).map { "\($0)=\"\(Self.escapedValue($1))\"" }
        switch (sample, metric.kind) {
        case (.number(let number), _):
            line(metric.name, labels, Self.text(number))
        case (.histogram(let counts, let sum), .histogram(let bounds)):
            var cumulative: UInt64 = 0
            for (position, count) in counts.enumerated() {
                cumulative += count
                let bound = position < bounds.count ? Self.text(bounds[position]) : "+Inf"
                line(metric.name + "_bucket", labels + ["le=\"\(bound)\""], "\(cumulative)")
            }
            line(metric.name + "_sum", labels, Self.text(sum))
            line(metric.name + "_count", labels, "\(cumulative)")
        case (.histogram, .counter), (.histogram, .gauge):
            preconditionFailure("a histogram's sample belongs to a histogram")
        }
    }

    private mutating func line(_ name: String, _ labels: [String], _ value: String) {
        content += name
        if !labels.isEmpty { content += "{\(labels.joined(separator: ","))}" }
        content += " \(value)\n"
    }

    /// As Go's ParseFloat reads it; whole numbers without a fraction.
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        if number == number.rounded(), abs(number) < 1e15 { return "\(Int64(number))" }
        return "\(number)"
    }

    private static func escapedHelp(_ text: String) -> String {
        escaped(text, quotationMarks: false)
    }

    private static func escapedValue(_ text: String) -> String {
        escaped(text, quotationMarks: true)
    }

    private static func escaped(_ text: String, quotationMarks: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotationMarks: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension MetricDescription.Kind {
    /// As `# TYPE` has it.
    package var name: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}
