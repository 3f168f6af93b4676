import FaultChecker
import Foundation
import PipelineSite

/// A site of its own under load and under faults, and the judgement on it.
package enum FaultRun {
    /// - Throws: where no site could be made; all else is in the report.
    package static func run(_ options: FaultRunOptions) async throws -> FaultReport {
        var siteOptions = PipelineSite.Options()
        siteOptions.gatewayCount = 2
        siteOptions.workerCount = 2
        siteOptions.workerProgram = options.workerProgram
        siteOptions.workerEnvironment = options.workerEnvironment
        siteOptions.logLevel = "info"
        let site = try await PipelineSite.make(siteOptions)
        let store = site.home + "/store"
        var disk: StoreDisk?
        var report = FaultReport(seed: options.seed)
        if options.faults.contains(.fullDisk) {
            do {
                disk = try await StoreDisk(under: store)
            } catch {
                report.failures.append("\(Fault.fullDisk): \(error)")
            }
        }
        do {
            options.say("starting a site of two gateways, two workers, admin and broker")
            try await site.startAll()
            try await UnderLoad(site: site, disk: disk, options: options).run(&report)
        } catch {
            report.failures.append("\(error)")
        }
        await site.end()
        await disk?.remove()
        if let folder = options.logFolder { try keepLogs(of: site, in: folder) }
        return report
    }
}

extension FaultRun {
    private static func keepLogs(of site: PipelineSite, in folder: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for file in site.logFiles {
            let copy = folder + "/" + URL(fileURLWithPath: file).lastPathComponent
            try? FileManager.default.removeItem(atPath: copy)
            try FileManager.default.copyItem(atPath: file, toPath: copy)
        }
    }
}

/// The run itself.
private struct UnderLoad {
    let site: PipelineSite
    let disk: StoreDisk?
    let options: FaultRunOptions

    private struct Struck {
        let fault: Fault
        let from: Double
        let to: Double
    }

    func run(_ report: inout FaultReport) async throws {
        let clients = try await makeClients()
        let recorder = Recorder()
        let instance = try await site.instanceName()
        let operators = OperatorLoad(site: site, recorder: recorder)
        let striker = Striker(site: site, recorder: recorder, disk: disk)
        var struck: [Struck] = []
        var failures: [String] = []
        await withTaskGroup(of: Void.self) { group in
            let pool = KeyPool(gateways: 1...site.options.gatewayCount)
            group.addTask { await operators.run(instance: instance) }
            for number in 0..<options.connections {
                group.addTask { await work(number, clients[number % clients.count], pool, recorder) }
            }
            let deadline = ContinuousClock.now + options.limit
            (struck, failures) = await strikeAll(striker, until: deadline)
            if failures.isEmpty {
                // A run that has never seen an operation succeed says nothing about it.
                while recorder.promisedCount < options.keys || !recorder.hasSucceededInAll,
                    ContinuousClock.now < deadline
                {
                    try? await Task.sleep(for: .milliseconds(50))
                }
            }
            recorder.end()
        }
        report.failures += failures
        if recorder.promisedCount < options.keys {
            report.failures.append("\(recorder.promisedCount) keys of \(options.keys)")
        }
        await requireAllRunning(striker, "after the last fault", &report)
        report.seconds = recorder.now
        describe(struck, recorder.history, in: &report)
        options.say("reading \(recorder.promisedCount) keys by each gateway")
        report.failures += try await operators.broken(at: instance)
        report.operatorChanges = await operators.acknowledged
        if report.operatorChanges == 0 { report.failures.append("no operator's change was acknowledged") }
        try await judge(recorder, clients[0], &report)
        await requireAllRunning(striker, "after all was read", &report)
    }

    private func requireAllRunning(_ striker: Striker, _ when: String, _ report: inout FaultReport) async {
        do {
            try await striker.requireAllRunning()
        } catch {
            report.failures.append("\(when): \(error)")
        }
    }

    /// Several certificates, so that the audit trail has clients to tell apart.
    private func makeClients() async throws -> [SiteClient] {
        var clients: [SiteClient] = []
        for number in 1...4 { clients.append(try await site.registeredClient("load-\(number)")) }
        return clients
    }

    private func work(_ number: Int, _ client: SiteClient, _ pool: KeyPool, _ recorder: Recorder) async {
        var load = LoadClient(
            name: "\(number)",
            client: RecordingClient(
                site: site,
                client: client,
                gateway: number % site.options.gatewayCount + 1,
                recorder: recorder
            ),
            pool: pool,
            recorder: recorder,
            generator: SeededGenerator(seed: options.seed, of: number + 1)
        )
        await load.run()
    }

    private func strikeAll(
        _ striker: Striker,
        until deadline: ContinuousClock.Instant
    ) async -> (struck: [Struck], failures: [String]) {
        let plan = FaultPlan(options.faults, rounds: options.rounds, seed: options.seed)
        var struck: [Struck] = []
        for (number, strike) in plan.strikes.enumerated() {
            guard ContinuousClock.now < deadline else { return (struck, ["the time limit was reached"]) }
            // That it could not be had is in the report already.
            if strike.fault == .fullDisk, disk == nil { continue }
            do {
                let (from, to) = try await striker.strike(strike)
                struck.append(Struck(fault: strike.fault, from: from, to: to))
                options.say(
                    "\(number + 1)/\(plan.strikes.count) \(strike.fault): well again after"
                        + " \(Int((to - from) * 1_000)) ms, \(striker.recorder.promisedCount) keys"
                )
            } catch {
                return (struck, ["\(strike.fault): \(error)"])
            }
        }
        return (struck, [])
    }

    private func describe(_ struck: [Struck], _ history: [HistoryEntry], in report: inout FaultReport) {
        let gaps = ServiceGaps(history)
        var lines: [Fault: FaultReport.FaultLine] = [:]
        for strike in struck {
            var line =
                lines[strike.fault]
                ?? FaultReport.FaultLine(
                    fault: "\(strike.fault)",
                    count: 0,
                    longestWithoutService: 0,
                    longestWithoutServiceOfOneGateway: 0
                )
            line.count += 1
            line.longestWithoutService = max(
                line.longestWithoutService,
                gaps.longest(from: strike.from, to: strike.to, gateway: 0)
            )
            for gateway in 1...site.options.gatewayCount {
                line.longestWithoutServiceOfOneGateway = max(
                    line.longestWithoutServiceOfOneGateway,
                    gaps.longest(from: strike.from, to: strike.to, gateway: gateway)
                )
            }
            lines[strike.fault] = line
        }
        report.faults = lines.values.sorted { $0.fault < $1.fault }
    }

    private func judge(_ recorder: Recorder, _ client: SiteClient, _ report: inout FaultReport) async throws {
        count(recorder.history, in: &report)
        let reading = FinalReading(site: site, client: client, recorder: recorder)
        let promised = recorder.history.compactMap { entry -> String? in
            if case .created(let identifier) = entry.outcome { identifier } else { nil }
        }
        do {
            try await reading.readKeys(Set(promised))
        } catch {
            report.failures.append("\(error)")
        }
        let evidence = try reading.evidence(recorder.history)
        report.keysPromised = promised.count
        report.keysStored = evidence.stored.count
        report.keysOfLostAnswers = PromiseChecker.unansweredKeyCount(in: evidence)
        report.auditRecords = evidence.audit.count
        report.violations = PromiseChecker.violations(in: evidence)
    }

    private func count(_ history: [HistoryEntry], in report: inout FaultReport) {
        for entry in history {
            switch entry.outcome {
            case .refused: report.operations[entry.kind, default: .init()].refused += 1
            case .unclear: report.operations[entry.kind, default: .init()].unclear += 1
            case .wrong: report.operations[entry.kind, default: .init()].wrong += 1
            default: report.operations[entry.kind, default: .init()].succeeded += 1
            }
        }
    }
}
