internal import CoreMetrics

/// What the endpoint tells: this process's metrics and its health.
package struct MonitoredProcess: Sendable {
    package let registry: MetricRegistry
    package let health: ProcessHealth
    private let measurements: ProcessMeasurements
    private let ready = Gauge(label: "keyferry_ready")

    /// To be made when `registry` is the back end of swift-metrics already, for it has metrics of its own.
    ///
    /// - Parameter version: of the program.
    package init(registry: MetricRegistry, health: ProcessHealth, version: String) {
        self.registry = registry
        self.health = health
        measurements = ProcessMeasurements(build: version)
    }

    /// The body of a scrape.
    func metrics() -> String {
        measurements.measure()
        ready.record(health.whyNotReady() == nil ? 1 : 0)
        health.measure()
        return registry.text()
    }
}
