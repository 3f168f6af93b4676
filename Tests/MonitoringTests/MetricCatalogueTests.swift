import Testing

@testable import Monitoring

/// The rules that names and help texts follow (https://prometheus.io/docs/practices/naming/), as `promtool check metrics`
/// has them, and our own.
@Suite struct MetricCatalogueTests {
    private static let units = [
        "_seconds", "_bytes", "_jobs", "_fds", "_days_left", "_info", "_connections", "_sessions", "_objects",
        "_certificates", "_generation", "_heard", "_healthy", "_ready", "_connected", "_blocked", "_locked",
        "_in_progress", "_in_flight",
    ]

    @Test(arguments: MetricCatalogue.all)
    func aMetricIsWellNamed(metric: MetricDescription) {
        #expect(metric.name.wholeMatch(of: /(keyferry|process)_[a-z_]*[a-z]/) != nil)
        #expect(metric.name.hasSuffix("_total") == (metric.kind == .counter))
        if metric.kind != .counter { #expect(Self.units.contains { metric.name.hasSuffix($0) }) }
        #expect(!metric.help.isEmpty && !metric.help.contains("\n"))
        #expect(metric.help.hasSuffix("."))
        for label in metric.labels {
            #expect(label.wholeMatch(of: /[a-z]+/) != nil)
            #expect(!["le", "job", "instance", "quantile"].contains(label), "it means something to Prometheus")
        }
        if case .histogram(let bounds) = metric.kind {
            #expect(!bounds.isEmpty)
            #expect(bounds == bounds.sorted() && Set(bounds).count == bounds.count)
        }
    }

    @Test func noNameIsThereTwice() {
        let names = (MetricCatalogue.all + [MetricRegistry.dropped]).map(\.name)
        #expect(names.count > 40)
        #expect(Set(names).count == names.count)
    }
}
