import AdminClient
import AdminResources
import KMIP
import KMIPClient
import PipelineSite
import TTLV

/// Rotates a root key that very many keys are under: once alone, once while clients ask for keys at half of what the site
/// can do.
package struct RotationScenario: Sendable {
    package var keys = 100_000
    package var connections = 1_500
    /// How many ask at the same time when capacity is measured.
    package var concurrency = 64
    package var measured = Duration.seconds(5)
    /// A bound on Gets while keys are moved.
    package var getP99Milliseconds = 1_000.0
    /// How long a rotation may take.
    package var limit = Duration.seconds(1_800)

    package init() {}

    package struct Report: ScenarioReport {
        package var keys = 0
        package var createdPerSecond = 0.0
        package var alone = Rotation()
        package var beside = Rotation()
        package var getsPerSecond = 0.0
        package var gets = Latencies([])
        package var getsMeanwhile = Latencies([])
        package var getsFailed = 0
        package var getsRefused = 0
        package var getsUnsent = 0
        package var memoryMiB: [String: Double] = [:]
        package var broken: [String] = []

        package var lines: [(String, String)] {
            [
                ("keys", "\(keys), created at \(createdPerSecond.short) a second"),
                ("rotation alone", alone.text),
                ("rotation beside Gets", beside.text),
                ("Gets, open loop", "\(getsPerSecond.short) a second"),
                ("Get without rotation", gets.text),
                ("Get meanwhile", getsMeanwhile.text),
                (
                    "Gets otherwise meanwhile",
                    "\(getsFailed) failed, \(getsRefused) refused as busy, \(getsUnsent) not sent"
                ),
            ] + memoryMiB.sorted { $0.key < $1.key }.map { ("most memory, \($0.key)", "\($0.value.short) MiB") }
        }
    }

    /// One rotation, as its record says at its end.
    package struct Rotation: Sendable, Encodable {
        package var moved = 0
        package var failed = 0
        package var leftUnderOlderVersions = 0
        package var seconds = 0.0

        var perSecond: Double { seconds > 0 ? Double(moved) / seconds : 0 }
        var text: String { "\(moved) moved in \(seconds.short) s, \(perSecond.short) a second" }
    }

    package func run(on site: LoadSite) async throws -> Report {
        let watch = MemoryWatch(try await site.pids())
        let generator = try await site.generator()
        do {
            var report = try await run(on: site, generator)
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

    private func run(on site: LoadSite, _ generator: LoadGenerator) async throws -> Report {
        var report = Report()
        let clock = ContinuousClock.now
        try await createKeys(site)
        report.keys = keys
        report.createdPerSecond = Double(keys) / (clock.duration(to: .now) / .seconds(1))
        report.alone = try await rotate(site)

        let opened = try await generator.open(connections)
        guard opened == connections else { throw LoadError("\(opened) of \(connections) connections opened") }
        let closed = LoadPace.closed(concurrency: min(concurrency, connections))
        let capacity = try await generator.run(.standing, closed, for: measured)
        report.getsPerSecond = capacity.rate / 2
        guard report.getsPerSecond > 0 else { throw LoadError("nothing was answered before the rotation began") }
        let pace = LoadPace.open(perSecond: report.getsPerSecond)
        report.gets = try await generator.run(.standing, pace, for: measured).latencies(.success)

        let load = Task { try await askingUntilCancelled(generator, pace) }
        do {
            report.beside = try await rotate(site)
        } catch {
            load.cancel()
            _ = await load.result
            throw error
        }
        load.cancel()
        let meanwhile = try await load.value
        report.getsMeanwhile = meanwhile.latencies(.success)
        report.getsRefused = meanwhile.count(.busy)
        report.getsFailed = meanwhile.samples.count - meanwhile.count(.success) - report.getsRefused
        report.getsUnsent = meanwhile.unsent
        return report
    }

    private func createKeys(_ site: LoadSite) async throws {
        let perMessage = 20
        let clients = 8
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<clients {
                group.addTask {
                    let share = keys / clients + (number < keys % clients ? 1 : 0)
                    let connection = try await site.site.connect(as: site.clients[number % site.clients.count])
                    let conversation = KMIPConversation(over: connection, version: .v14)
                    for start in stride(from: 0, to: share, by: perMessage) {
                        try await Self.create(min(perMessage, share - start), over: conversation)
                    }
                    await connection.close()
                }
            }
            try await group.waitForAll()
        }
    }

    /// So many keys in one message.
    private static func create(_ count: Int, over conversation: KMIPConversation) async throws {
        let usage: CryptographicUsageMask = [.encrypt, .decrypt]
        let template = TemplateAttribute([
            Attribute(.cryptographicAlgorithm, .enumeration(CryptographicAlgorithm.aes.rawValue)),
            Attribute(.cryptographicUsageMask, .integer(usage.rawValue)),
            Attribute(.cryptographicLength, .integer(256)),
        ])
        let create = RequestPayload.create(CreateRequest(objectType: .symmetricKey, template: template))
        let items = (0..<count).map { RequestItem(create, identifier: [UInt8($0)]) }
        let response = try await conversation.send(
            RequestMessage(header: RequestHeader(version: .v14), items: items)
        )
        let made = response.items.count { $0.payload != nil }
        guard made == count else {
            throw LoadError("\(made) of \(count) keys made: \(response.items.last?.message ?? "")")
        }
    }

    private func rotate(_ site: LoadSite) async throws -> Rotation {
        let owner = try site.site.adminClient()
        let clock = ContinuousClock.now
        var operation = try await owner.rotateRootKey("first")
        while operation.state == .running {
            guard clock.duration(to: .now) < limit else { throw LoadError("the rotation does not end") }
            try await Task.sleep(for: .milliseconds(200))
            operation = try await owner.operation(operation.identifier)
        }
        let report = operation.report ?? []
        return Rotation(
            moved: operation.done,
            failed: operation.failed,
            leftUnderOlderVersions: report.filter { $0.version != operation.targetVersion }
                .reduce(0) { $0 + $1.keyCount },
            seconds: clock.duration(to: .now) / .seconds(1)
        )
    }

    /// In pieces, of which the last one is sent to its end.
    private func askingUntilCancelled(_ generator: LoadGenerator, _ pace: LoadPace) async throws -> LoadRecord {
        var all = LoadRecord()
        while !Task.isCancelled {
            let part = try await generator.run(.standing, pace, for: .seconds(2))
            all.samples += part.samples
            all.unsent += part.unsent
            all.seconds += part.seconds
        }
        return all
    }

    private func broken(_ report: Report) -> [String] {
        var broken: [String] = []
        for (name, rotation) in [("alone", report.alone), ("beside Gets", report.beside)] {
            if rotation.moved < keys { broken.append("\(name): only \(rotation.moved) of \(keys) keys were moved") }
            if rotation.failed > 0 { broken.append("\(name): \(rotation.failed) keys could not be moved") }
            if rotation.leftUnderOlderVersions > 0 {
                broken.append("\(name): \(rotation.leftUnderOlderVersions) keys are under an older version")
            }
        }
        if report.getsFailed > 0 { broken.append("\(report.getsFailed) Gets failed while keys were moved") }
        if report.getsRefused > 0 { broken.append("\(report.getsRefused) Gets were refused while keys were moved") }
        if report.getsUnsent > 0 {
            broken.append("\(report.getsUnsent) Gets were not sent: more connections are needed")
        }
        if report.getsMeanwhile.count == 0 { broken.append("nothing was answered while keys were moved") }
        if report.getsMeanwhile.p99 > getP99Milliseconds {
            broken.append("Gets took \(report.getsMeanwhile.text); bound: p99 \(getP99Milliseconds.short) ms")
        }
        return broken
    }
}
