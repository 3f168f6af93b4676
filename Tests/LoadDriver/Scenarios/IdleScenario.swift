import PipelineSite

/// Opens very many connections that do nothing, and looks at what they cost and whether anyone else notices.
package struct IdleScenario: Sendable {
    package var connections = 10_000
    package var atOnce = 64
    /// How many connections ask while the others are idle, and how many of the idle ones are asked something in the end.
    package var others = 64
    package var touched = 200
    package var idle = Duration.seconds(10)
    package var probed = Duration.seconds(4)
    /// Of the gateway, for each connection, in KiB.
    package var memoryKiBPerConnection = 64.0
    /// Of the gateway while nothing is asked, of one core.
    package var processorPercent = 10.0

    package init() {}

    package struct Report: ScenarioReport {
        package var connections = 0
        package var handshakesPerSecond = 0.0
        package var memoryMiBBefore = 0.0
        package var memoryMiBOpen = 0.0
        package var memoryMiBClosed = 0.0
        package var memoryMiBOpenAgain = 0.0
        package var memoryKiBPerConnection = 0.0
        package var processorPercentIdle = 0.0
        package var others = Latencies([])
        package var touched = Latencies([])
        package var openFilesBefore: Int?
        package var openFilesClosed: Int?
        package var broken: [String] = []

        package var lines: [(String, String)] {
            [
                ("idle connections", "\(connections)"),
                ("handshakes", "\(handshakesPerSecond.short) a second"),
                (
                    "gateway's memory",
                    "\(memoryMiBBefore.short) MiB before, \(memoryMiBOpen.short) open, "
                        + "\(memoryMiBClosed.short) closed, \(memoryMiBOpenAgain.short) all open once more"
                ),
                ("memory of a connection", "\(memoryKiBPerConnection.short) KiB"),
                ("gateway's processor time while idle", "\(processorPercentIdle.short) % of one core"),
                ("Get on others meanwhile", others.text),
                ("Get on \(touched.count) of the idle ones at once", touched.text),
                (
                    "gateway's open files",
                    "\(openFilesBefore.map(String.init) ?? "?") before, \(openFilesClosed.map(String.init) ?? "?") after"
                ),
            ]
        }
    }

    package func run(on site: LoadSite) async throws -> Report {
        let gateway = try await site.pid(.gateway(1))
        var report = Report()
        // The event loops, caches and sessions that any load makes are not the connections' cost.
        let probe = try await site.generator()
        _ = try await probe.open(others)
        _ = try await probe.run(.standing, .closed(concurrency: others), for: .seconds(1))
        let before = try ProcessFigures(of: gateway)
        report.memoryMiBBefore = before.residentMiB
        report.openFilesBefore = before.openFiles

        let generator = try await site.generator()
        let clock = ContinuousClock.now
        report.connections = try await generator.open(connections, atOnce: atOnce)
        report.handshakesPerSecond = Double(report.connections) / (clock.duration(to: .now) / .seconds(1))
        let open = try ProcessFigures(of: gateway)
        report.memoryMiBOpen = open.residentMiB
        report.memoryKiBPerConnection =
            (open.residentMiB - before.residentMiB) * 1024 / Double(max(1, report.connections))

        try await Task.sleep(for: idle)
        let later = try ProcessFigures(of: gateway)
        report.processorPercentIdle =
            (later.processorSeconds - open.processorSeconds) / (idle / .seconds(1)) * 100
        let others = try await probe.run(.standing, .open(perSecond: 50), for: probed)
        report.others = others.latencies(.success)
        let touched = try await generator.touch(touched)
        report.touched = touched.latencies(.success)
        let survivors = try await generator.openCount()

        try await generator.closeConnections()
        let closed = try await settled(gateway, to: before.openFiles)
        report.memoryMiBClosed = closed.residentMiB
        report.openFilesClosed = closed.openFiles
        // What the allocator keeps is used again: a leak would show in the second round.
        _ = try await generator.open(connections, atOnce: atOnce)
        report.memoryMiBOpenAgain = try ProcessFigures(of: gateway).residentMiB
        report.broken = broken(report, others: others, touched: touched, survivors: survivors)
        try await generator.shutDown()
        try await probe.shutDown()
        return report
    }

    /// Waits until the gateway has let go of the connections' files, for ten seconds at most.
    private func settled(_ gateway: Int32, to files: Int?) async throws -> ProcessFigures {
        for _ in 0..<100 {
            let figures = try ProcessFigures(of: gateway)
            guard let now = figures.openFiles, let files, now > files else { return figures }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try ProcessFigures(of: gateway)
    }

    private func broken(_ report: Report, others: LoadRecord, touched: LoadRecord, survivors: Int) -> [String] {
        var broken: [String] = []
        if report.connections < connections { broken.append("only \(report.connections) connections could be opened") }
        if survivors < report.connections { broken.append("\(report.connections - survivors) did not stay open") }
        if report.memoryKiBPerConnection > memoryKiBPerConnection {
            broken.append("a connection takes \(report.memoryKiBPerConnection.short) KiB of the gateway's memory")
        }
        if report.processorPercentIdle > processorPercent {
            broken.append("the gateway takes \(report.processorPercentIdle.short) % of a core while all are idle")
        }
        for (name, record) in [("others", others), ("idle ones", touched)] {
            let count = record.samples.count - record.count(.success)
            if count > 0 { broken.append("requests on \(name) failed: \(count)") }
            if record.unsent > 0 { broken.append("not sent on \(name), no free connection: \(record.unsent)") }
            if record.samples.isEmpty { broken.append("no request was sent on \(name)") }
        }
        if let before = report.openFilesBefore, let after = report.openFilesClosed, after > before {
            broken.append("\(after - before) files are still open")
        }
        if report.memoryMiBOpenAgain > max(report.memoryMiBOpen, report.memoryMiBClosed) * 1.1 + 8 {
            broken.append("a second round of connections takes more memory than the first")
        }
        return broken
    }
}
