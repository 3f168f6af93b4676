/// What a metric is: its name with the unit in it, what it counts, and the labels that it has.
///
/// Labels have few, known values, and none of them is a secret or tells who a client is: no fingerprint, identifier,
/// address or name of a key.
package struct MetricDescription: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// Only ever grows; its name ends in `_total`.
        case counter
        case gauge
        /// Counts of values up to each of the bounds, which rise. Times are in seconds.
        case histogram(bounds: [Double])
    }

    package let name: String
    package let kind: Kind
    package let labels: [String]
    /// One line, as `# HELP` shows it.
    package let help: String
    /// How many combinations of label values there can be. What would be one more is dropped, and counted.
    package let mostSeries: Int

    package init(_ name: String, _ kind: Kind, labels: [String] = [], mostSeries: Int = 100, help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.mostSeries = mostSeries
        self.help = help
    }
}
