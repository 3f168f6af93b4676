/// Measures what a site can do, gives it a multiple of that, and looks how it recovers.
package struct OverloadScenario: Sendable {
    package var connections = 1500
    /// How many ask at the same time when capacity is measured.
    package var concurrency = 64
    package var factor = 3.0
    package var measured = Duration.seconds(8)
    package var overload = Duration.seconds(20)
    package var recovery = Duration.seconds(12)
    /// Bounds: of accepted requests' latency, of refusals, and of each process's memory.
    package var acceptedP99Milliseconds = 2_000.0
    package var refusedP99Milliseconds = 1_000.0
    package var recoverySeconds = 10.0
    package var memoryMiB = 512.0
    /// Whether each request comes on a connection of its own.
    package var visits = false

    package init() {}

    package struct Report: ScenarioReport {
        package var load = ""
        package var capacityPerSecond = 0.0
        package var offeredPerSecond = 0.0
        package var acceptedPerSecond = 0.0
        package var normal = Latencies([])
        package var accepted = Latencies([])
        package var refused = Latencies([])
        package var closed = Latencies([])
        package var failed = 0
        package var unanswered = 0
        package var unsent = 0
        package var recoveredAfterSeconds: Double?
        package var memoryMiB: [String: Double] = [:]
        package var broken: [String] = []

        package var lines: [(String, String)] {
            [
                ("load", load),
                ("capacity, closed loop", "\(capacityPerSecond.short) a second; \(normal.text)"),
                ("offered, open loop", "\(offeredPerSecond.short) a second"),
                ("accepted", "\(acceptedPerSecond.short) a second; \(accepted.text)"),
                ("refused as busy", "\(refused.count); \(refused.text)"),
                ("closed", "\(closed.count); \(closed.text)"),
                ("failed otherwise", "\(failed)"),
                ("unanswered", "\(unanswered)"),
                ("not sent, no free connection", "\(unsent)"),
                ("normal again after", recoveredAfterSeconds.map { "\($0.short) s" } ?? "never"),
            ] + memoryMiB.sorted { $0.key < $1.key }.map { ("most memory, \($0.key)", "\($0.value.short) MiB") }
        }
    }

    package func run(on site: LoadSite) async throws -> Report {
        let generator = try await site.generator()
        let watch = MemoryWatch(try await site.pids())
        do {
            var report = try await run(generator, visits ? site.visit : .standing)
            report.memoryMiB = watch.end()
            report.broken = broken(report)
            try await generator.shutDown()
            return report
        } catch {
            _ = watch.end()
            try? await generator.shutDown()
            throw error
        }
    }

    private func run(_ generator: LoadGenerator, _ kind: LoadKind) async throws -> Report {
        if !visits {
            let opened = try await generator.open(connections)
            guard opened == connections else { throw LoadError("\(opened) of \(connections) connections opened") }
        }
        var report = Report()
        report.load = visits ? "vCenter's short connections, three messages each" : "Get on \(connections) connections"
        _ = try await generator.run(kind, .closed(concurrency: concurrency), for: .seconds(1))
        let normal = try await generator.run(kind, .closed(concurrency: concurrency), for: measured)
        guard normal.rate > 0 else { throw LoadError("nothing was answered before the overload began") }
        report.capacityPerSecond = normal.rate
        report.normal = normal.latencies(.success)

        // One run, so that the load falls at once and what is still waiting then is in the way, as it would be.
        let steps = [
            LoadStep(perSecond: normal.rate * factor, duration: overload),
            LoadStep(perSecond: normal.rate / 2, duration: recovery),
        ]
        let all = try await generator.run(kind, .steps(steps), for: overload + recovery)
        let end = overload / .seconds(1)
        let over = all.part(0..<end)
        report.offeredPerSecond = Double(over.samples.count + all.unsent) / over.seconds
        report.acceptedPerSecond = over.rate
        report.accepted = over.latencies(.success)
        report.refused = over.latencies(.busy)
        report.closed = over.latencies(.closed)
        report.failed = all.count(.failed)
        report.unanswered = all.count(.unanswered)
        report.unsent = all.unsent
        report.recoveredAfterSeconds = recovered(all, from: end, longest: max(4 * report.normal.p99, 250))
        return report
    }

    /// - Returns: when the last quarter of a second ended in which not all succeeded within `longest` milliseconds, for
    ///   99 of 100; nil if that was the last one of all.
    private func recovered(_ record: LoadRecord, from begin: Double, longest: Double) -> Double? {
        let width = 0.25
        let last = Int(((record.seconds - begin) / width).rounded(.down)) - 1
        var end = 0.0
        for window in 0...max(0, last) {
            let start = begin + Double(window) * width
            let part = record.part(start..<(start + width))
            let isNormal =
                part.count(.success) == part.samples.count && part.latencies(.success).p99 <= longest
            if !isNormal {
                if window == last { return nil }
                end = Double(window + 1) * width
            }
        }
        return end
    }

    private func broken(_ report: Report) -> [String] {
        var broken: [String] = []
        if report.accepted.p99 > acceptedP99Milliseconds {
            broken.append("accepted requests took \(report.accepted.text); bound: p99 \(acceptedP99Milliseconds.short)")
        }
        if report.refused.p99 > refusedP99Milliseconds {
            broken.append("refusals took \(report.refused.text); bound: p99 \(refusedP99Milliseconds.short) ms")
        }
        if report.accepted.count == 0 { broken.append("nothing was accepted") }
        if !visits, report.closed.count > 0 { broken.append("\(report.closed.count) connections were closed") }
        if report.failed > 0 { broken.append("\(report.failed) failed for another reason than being busy") }
        if report.unanswered > 0 { broken.append("\(report.unanswered) were not answered at all") }
        if report.unsent > 0 { broken.append("\(report.unsent) were not sent: more connections are needed") }
        guard let seconds = report.recoveredAfterSeconds, seconds <= recoverySeconds else {
            return broken + ["not normal again within \(recoverySeconds.short) s"]
        }
        for (name, most) in report.memoryMiB where name != "broker" && most > memoryMiB {
            broken.append("\(name) had \(most.short) MiB; bound: \(memoryMiB.short)")
        }
        return broken
    }
}
