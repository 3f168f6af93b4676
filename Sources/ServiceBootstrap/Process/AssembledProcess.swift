package import Monitoring
package import ServiceLifecycle

/// A process that was put together from its configuration.
package struct AssembledProcess: Sendable {
    /// In the order of dependence: they are started from the first to the last and stopped from the last to the first, each
    /// after the one before it has ended. When one of them ends or throws, all are ended.
    package let services: [any Service]
    /// How it is asked how it is.
    package let probes: HealthProbes

    package init(services: [any Service], probes: HealthProbes) {
        self.services = services
        self.probes = probes
    }
}
