import CoreMetrics
import Testing

@testable import Monitoring

/// What a scrape says, byte by byte.
@Suite struct MetricRegistryTests {
    private let registry = MetricRegistry([
        MetricDescription("jobs_total", .counter, labels: ["class", "outcome"], mostSeries: 3, help: "Jobs."),
        MetricDescription("depth_jobs", .gauge, help: "A \"depth\",\nwith a \\ in it."),
        MetricDescription("wait_seconds", .histogram(bounds: [0.001, 0.25, 2]), labels: ["class"], help: "Waits."),
        MetricDescription("batch_jobs", .histogram(bounds: [1, 2]), help: "Batches."),
        MetricDescription("never_total", .counter, help: "Never made, so never shown."),
    ])

    private static let noneDropped = """
        # HELP keyferry_metrics_dropped_total Metrics that were asked for against their description or beyond their bound, \
        and record nothing.
        # TYPE keyferry_metrics_dropped_total counter
        keyferry_metrics_dropped_total 0

        """

    private func counter(_ jobClass: String, _ outcome: String) -> Counter {
        Counter(label: "jobs_total", dimensions: [("class", jobClass), ("outcome", outcome)], factory: registry)
    }

    @Test func nothingIsShownThatWasNotMade() {
        #expect(registry.text() == Self.noneDropped)
    }

    @Test func countersAndGauges() {
        counter("bulk", "replied").increment()
        counter("bulk", "replied").increment(by: 2)
        _ = counter("bulk", "busy")
        // Labels are the description's, in whatever order they come.
        Counter(label: "jobs_total", dimensions: [("outcome", "late"), ("class", "bulk")], factory: registry)
            .increment(by: 4)
        let depth = Gauge(label: "depth_jobs", factory: registry)
        depth.record(7)
        depth.record(2.5)
        #expect(
            registry.text() == """
                # HELP jobs_total Jobs.
                # TYPE jobs_total counter
                jobs_total{class="bulk",outcome="busy"} 0
                jobs_total{class="bulk",outcome="late"} 4
                jobs_total{class="bulk",outcome="replied"} 3
                # HELP depth_jobs A "depth",\\nwith a \\\\ in it.
                # TYPE depth_jobs gauge
                depth_jobs 2.5

                """ + Self.noneDropped
        )
    }

    @Test func histogramsAreCumulative() {
        let timer = Timer(label: "wait_seconds", dimensions: [("class", "bulk")], factory: registry)
        timer.recordNanoseconds(1_000_000)
        timer.recordMilliseconds(250)
        timer.recordMilliseconds(500)
        timer.recordSeconds(64)
        let batch = Recorder(label: "batch_jobs", factory: registry)
        batch.record(2)
        batch.record(Double.infinity)
        #expect(
            registry.text() == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{class="bulk",le="0.001"} 1
                wait_seconds_bucket{class="bulk",le="0.25"} 2
                wait_seconds_bucket{class="bulk",le="2"} 3
                wait_seconds_bucket{class="bulk",le="+Inf"} 4
                wait_seconds_sum{class="bulk"} 64.751
                wait_seconds_count{class="bulk"} 4
                # HELP batch_jobs Batches.
                # TYPE batch_jobs histogram
                batch_jobs_bucket{le="1"} 0
                batch_jobs_bucket{le="2"} 1
                batch_jobs_bucket{le="+Inf"} 1
                batch_jobs_sum 2
                batch_jobs_count 1

                """ + Self.noneDropped
        )
    }

    @Test func labelValuesAreEscaped() {
        counter("a\\b\"c\nd", "é").increment()
        #expect(registry.text().contains("jobs_total{class=\"a\\\\b\\\"c\\nd\",outcome=\"é\"} 1\n"))
    }

    /// A metric without a description, of another kind, with other labels or beyond its bound records nothing, and says so.
    @Test func whatIsNotDescribedIsDroppedAndCounted() {
        Counter(label: "unknown_total", factory: registry).increment()
        Timer(label: "jobs_total", dimensions: [("class", "a"), ("outcome", "b")], factory: registry).recordSeconds(1)
        Gauge(label: "wait_seconds", dimensions: [("class", "a")], factory: registry).record(1)
        Counter(label: "jobs_total", dimensions: [("class", "a")], factory: registry).increment()
        Counter(label: "jobs_total", dimensions: [("class", "a"), ("other", "b")], factory: registry).increment()
        for number in 1...5 { counter("bulk", "\(number)").increment() }
        let lines = registry.text().split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("jobs_total{") } == 3)
        #expect(!registry.text().contains("unknown_total"))
        #expect(lines.last == "keyferry_metrics_dropped_total 7")
    }

    @Test func countersOnlyGrow() {
        let counter = counter("bulk", "replied")
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(registry.text().contains("jobs_total{class=\"bulk\",outcome=\"replied\"} 5\n"))
    }

    @Test func concurrentRecordingLosesNothing() async {
        let counter = counter("bulk", "replied")
        let batch = Recorder(label: "batch_jobs", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        batch.record(1)
                    }
                }
            }
        }
        #expect(registry.text().contains("jobs_total{class=\"bulk\",outcome=\"replied\"} 8000\n"))
        #expect(registry.text().contains("batch_jobs_sum 8000\nbatch_jobs_count 8000\n"))
    }

    @Test(arguments: [
        (0, "0"), (-1, "-1"), (1_700_000_000, "1700000000"), (0.000025, "2.5e-05"), (1e21, "1e+21"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ])
    func numbersAreWrittenAsGoReadsThem(number: Double, text: String) {
        #expect(ExpositionText.text(number) == text)
    }
}
