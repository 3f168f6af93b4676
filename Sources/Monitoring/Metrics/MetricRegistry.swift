package import CoreMetrics
internal import Synchronization

/// The metrics of this process, as a back end of swift-metrics: modules make counters, gauges, recorders and timers by name,
/// and know nothing of this.
///
/// There is what is described, and nothing else: a metric that no description has, or that is made as another kind, or with
/// other labels, records nothing and is counted as dropped. So is a combination of label values beyond the bound of its
/// metric: whatever happens outside, a scrape has no more lines than the descriptions allow.
///
/// Recording costs an atomic exchange, or for a histogram a lock that nobody holds for long. Making a metric takes a lock
/// on the registry: hot paths keep theirs.
package final class MetricRegistry: MetricsFactory, Sendable {
    /// What the registry says of itself, as the last metric.
    package static let dropped = MetricDescription(
        "keyferry_metrics_dropped_total",
        .counter,
        help: "Metrics that were asked for against their description or beyond their bound, and record nothing."
    )

    fileprivate struct Family {
        let description: MetricDescription
        var series: [[String]: any MetricInstrument] = [:]
    }

    private let order: [String]
    private let families: Mutex<[String: Family]>
    private let dropCount = CounterInstrument()

    package init(_ descriptions: [MetricDescription]) {
        var families: [String: Family] = [:]
        for description in descriptions {
            let other = families.updateValue(Family(description: description), forKey: description.name)
            precondition(other == nil, "two descriptions of \(description.name)")
        }
        order = descriptions.map(\.name)
        self.families = Mutex(families)
    }

    /// All series at this moment, in the text format of Prometheus, version 0.0.4.
    package func text() -> String {
        var text = ExpositionText()
        for name in order {
            guard let family = families.withLock({ $0[name] }), !family.series.isEmpty else { continue }
            text.begin(family.description)
            for (values, instrument) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                text.append(instrument.sample, of: family.description, labelValues: values)
            }
        }
        text.begin(Self.dropped)
        text.append(dropCount.sample, of: Self.dropped, labelValues: [])
        return text.content
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions, .counter) as? CounterInstrument ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        instrument(label, dimensions, .counter) as? CounterInstrument ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, dimensions, .gauge) as? GaugeInstrument ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        let instrument = instrument(label, dimensions, aggregate ? .histogram(bounds: []) : .gauge)
        return instrument as? any RecorderHandler ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions, .histogram(bounds: [])) as? HistogramInstrument ?? NOOPMetricsHandler.instance
    }

    // A series stays for as long as its process: what was counted does not vanish between two scrapes.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func instrument(
        _ name: String,
        _ dimensions: [(String, String)],
        _ kind: MetricDescription.Kind
    ) -> (any MetricInstrument)? {
        let instrument = families.withLock { $0[name]?.instrument(dimensions, kind) }
        guard let found = instrument ?? nil else {
            dropCount.increment(by: 1 as Int64)
            return nil
        }
        return found
    }
}

extension MetricRegistry.Family {
    /// The series with these labels; nil where the description does not have it.
    fileprivate mutating func instrument(
        _ dimensions: [(String, String)],
        _ kind: MetricDescription.Kind
    ) -> (any MetricInstrument)? {
        guard dimensions.count == description.labels.count else { return nil }
        var values: [String] = []
        for label in description.labels {
            guard let value = dimensions.first(where: { $0.0 == label })?.1 else { return nil }
            values.append(value)
        }
        let made: any MetricInstrument
        switch (description.kind, kind) {
        case (.counter, .counter): made = series[values] ?? CounterInstrument()
        case (.gauge, .gauge): made = series[values] ?? GaugeInstrument()
        case (.histogram(let bounds), .histogram): made = series[values] ?? HistogramInstrument(bounds: bounds)
        default: return nil
        }
        guard series[values] != nil || series.count < description.mostSeries else { return nil }
        series[values] = made
        return made
    }
}
