internal import Synchronization

/// What a process lets itself be asked about, once it is put together.
package struct HealthProbes: Sendable {
    /// Why the process can't do its work at this moment, in one line without secrets; nil if it can. Quick: no I/O.
    package let notReady: @Sendable () -> String?
    /// Why the process is as good as dead; nil if its loops turn. A probe that does not return in time says the same.
    package let notAlive: @Sendable () async -> String?
    /// Brings up to date what is measured at the moment of a scrape. Quick: no I/O.
    package let measure: @Sendable () -> Void

    package init(
        notReady: @escaping @Sendable () -> String?,
        notAlive: @escaping @Sendable () async -> String? = { nil },
        measure: @escaping @Sendable () -> Void = {}
    ) {
        self.notReady = notReady
        self.notAlive = notAlive
        self.measure = measure
    }

    /// The same, with something else measured too.
    package func measuring(_ more: @escaping @Sendable () -> Void) -> HealthProbes {
        HealthProbes(notReady: notReady, notAlive: notAlive) {
            measure()
            more()
        }
    }
}

/// How a process is, from its first moment to its last.
package final class ProcessHealth: Sendable {
    private enum Phase {
        case starting
        case running(HealthProbes)
        case stopping
    }

    private let phase = Mutex(Phase.starting)

    package init() {}

    /// The process is put together.
    package func run(_ probes: HealthProbes) {
        phase.withLock { phase in
            if case .starting = phase { phase = .running(probes) }
        }
    }

    /// The process was asked to end: nobody should turn to it any more.
    package func stop() {
        phase.withLock { $0 = .stopping }
    }

    /// - Returns: nil if the process does its work.
    package func whyNotReady() -> String? {
        switch phase.withLock({ $0 }) {
        case .starting: "starting"
        case .running(let probes): probes.notReady()
        case .stopping: "stopping"
        }
    }

    /// - Returns: nil if the process lives. While it starts or stops it does, for that has limits of its own.
    package func whyNotAlive() async -> String? {
        guard case .running(let probes) = phase.withLock({ $0 }) else { return nil }
        return await probes.notAlive()
    }

    func measure() {
        guard case .running(let probes) = phase.withLock({ $0 }) else { return }
        probes.measure()
    }
}
