import Cryptography
import Foundation
import NIOCore
import PipelineSite
import Synchronization
import TLSTestPeers
import TLSTransport

/// A flood of connections that no client is behind: with certificates that nobody has registered, each another one; with
/// none; with garbage. Registered clients ask for keys meanwhile, on connections that stand and on new ones.
package struct UnknownScenario: Sendable {
    package var duration = Duration.seconds(10)
    /// Flooding connections at the same time, of each kind.
    package var floods = 24
    package var requestsPerSecond = 50.0
    package var visitsPerSecond = 5.0
    /// What a log may grow by, in bytes: some hundred lines for all that comes at first, and a few a second.
    package var logBytes = 400_000.0
    package var memoryMiB = 512.0
    /// Of the new connections of registered clients, how many must succeed.
    package var successfulVisits = 0.9
    /// Of registered clients' requests on standing connections, the part that may be told that the server is busy.
    package var refusedPart = 0.0

    package init() {}

    package struct Report: ScenarioReport {
        package var flooded: [String: Int] = [:]
        package var normal = Latencies([])
        package var standing = Latencies([])
        package var standingFailed = 0
        package var standingRefused = 0
        package var visits = Latencies([])
        package var visitsFailed = 0
        package var unsent = 0
        package var logBytes = 0
        package var unknownLines = 0
        package var newestIsLogged = false
        package var memoryMiB: [String: Double] = [:]
        package var broken: [String] = []

        package var lines: [(String, String)] {
            flooded.sorted { $0.key < $1.key }.map { ("connections, \($0.key)", "\($0.value)") } + [
                ("Get before", normal.text),
                (
                    "Get meanwhile",
                    "\(standing.count); \(standing.text); \(standingFailed) failed, \(standingRefused) refused as busy"
                ),
                ("new connections of clients", "\(visits.count); \(visits.text); \(visitsFailed) failed"),
                ("gateway's log", "\(logBytes) bytes, \(unknownLines) lines about unknown certificates"),
                ("fingerprint of a client to be", newestIsLogged ? "in the log" : "not in the log"),
            ] + memoryMiB.sorted { $0.key < $1.key }.map { ("most memory, \($0.key)", "\($0.value.short) MiB") }
        }
    }

    private enum Kind: String, CaseIterable {
        case unknownCertificate = "each with another unknown certificate"
        case noCertificate = "without a certificate"
        case garbage = "garbage instead of TLS"
    }

    package func run(on site: LoadSite) async throws -> Report {
        let generator = try await site.generator()
        let visitor = try await site.generator()
        let watch = MemoryWatch(try await site.pids())
        do {
            var report = try await run(on: site, generator, visitor)
            report.memoryMiB = watch.end()
            report.broken = broken(report)
            try await generator.shutDown()
            try await visitor.shutDown()
            return report
        } catch {
            _ = watch.end()
            try? await generator.shutDown()
            try? await visitor.shutDown()
            throw error
        }
    }

    private func run(on site: LoadSite, _ generator: LoadGenerator, _ visitor: LoadGenerator) async throws -> Report {
        var report = Report()
        _ = try await generator.open(64)
        _ = try await generator.run(.standing, .open(perSecond: requestsPerSecond), for: .seconds(1))
        let before = try await generator.run(.standing, .open(perSecond: requestsPerSecond), for: .seconds(2))
        report.normal = before.latencies(.success)
        let logBefore = site.gatewayLogSize

        async let standing = generator.run(.standing, .open(perSecond: requestsPerSecond), for: duration)
        async let visits = visitor.run(site.visit, .open(perSecond: visitsPerSecond), for: duration)
        let newcomer = Newcomer()
        async let isLogged = someoneNewIsLogged(at: site, newcomer)
        report.flooded = try await flood(site, until: newcomer)
        let (asked, visited) = (try await standing, try await visits)
        report.newestIsLogged = try await isLogged
        report.standing = asked.latencies(.success)
        report.standingRefused = asked.count(.busy)
        report.standingFailed = asked.samples.count - asked.count(.success) - report.standingRefused
        report.unsent = asked.unsent + visited.unsent
        report.visits = visited.latencies(.success)
        report.visitsFailed = visited.samples.count - visited.count(.success)
        report.logBytes = site.gatewayLogSize - logBefore
        report.unknownLines = site.site.log(of: .gateway(1)).split(separator: "\n").count {
            $0.contains("not registered")
        }
        return report
    }

    /// The flood goes on until this client is done, so that it comes in the middle of it, however long it takes.
    private final class Newcomer: Sendable {
        private let state = Mutex(false)

        var isDone: Bool { state.withLock { $0 } }

        func done() { state.withLock { $0 = true } }
    }

    /// - Returns: how many connections there were, by kind.
    private func flood(_ site: LoadSite, until newcomer: Newcomer) async throws -> [String: Int] {
        let end = ContinuousClock.now + duration
        let certificates = try StrangerCertificates()
        return try await withThrowingTaskGroup(of: (Kind, Int).self) { group in
            for kind in Kind.allCases {
                for _ in 0..<floods {
                    group.addTask {
                        var count = 0
                        while ContinuousClock.now < end || !newcomer.isDone {
                            await connect(kind, at: site, certificates)
                            count += 1
                        }
                        return (kind, count)
                    }
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0.rawValue, default: 0] += $1.1 }
        }
    }

    /// One connection, to its end. What becomes of it is no matter.
    private func connect(_ kind: Kind, at site: LoadSite, _ certificates: StrangerCertificates) async {
        do {
            let port = try site.target.port
            switch kind {
            case .garbage:
                let client = try await RawClient(port: port)
                try await client.send([UInt8](repeating: 0x47, count: 600))
                try await client.waitForClose()
            case .noCertificate, .unknownCertificate:
                var configuration = try site.site.tlsConfiguration(as: nil)
                if kind == .unknownCertificate { configuration.identity = try certificates.next() }
                let client = try await TLSTestClient(port: port, configuration)
                try await client.channel.writeAndFlush(LoadRequest.get("a key"))
                _ = await client.untilEnd()
            }
        } catch {
            // Refused, or reset: the flood goes on, not faster than it would with an answer.
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    /// A client that someone wants to register comes again and again, in the middle of the flood.
    private func someoneNewIsLogged(at site: LoadSite, _ newcomer: Newcomer) async throws -> Bool {
        defer { newcomer.done() }
        try await Task.sleep(for: duration / 2)
        let identity = try SiteClient.make("someone-new")
        let configuration = try site.site.tlsConfiguration(as: identity)
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if let client = try? await TLSTestClient(port: site.target.port, configuration) {
                try? await client.channel.writeAndFlush(LoadRequest.get("a key"))
                _ = await client.untilEnd()
            }
            if site.site.log(of: .gateway(1)).contains(identity.fingerprint) { return true }
            try await Task.sleep(for: .milliseconds(250))
        }
        return false
    }

    private func broken(_ report: Report) -> [String] {
        var broken: [String] = []
        if report.standingFailed > 0 { broken.append("\(report.standingFailed) requests of registered clients failed") }
        let answered = report.standing.count + report.standingRefused
        if Double(report.standingRefused) > refusedPart * Double(answered) {
            broken.append("\(report.standingRefused) of \(answered) requests of registered clients were refused")
        }
        if report.standing.count == 0 { broken.append("no request of registered clients was done") }
        if report.unsent > 0 { broken.append("\(report.unsent) were not sent: the generator had no free connection") }
        let visits = report.visits.count + report.visitsFailed
        if Double(report.visits.count) < successfulVisits * Double(visits) || visits == 0 {
            broken.append("\(report.visitsFailed) of \(visits) new connections of registered clients failed")
        }
        if Double(report.logBytes) > logBytes { broken.append("the gateway's log grew by \(report.logBytes) bytes") }
        if !report.newestIsLogged { broken.append("a new client's fingerprint is not in the log") }
        for (name, most) in report.memoryMiB where name != "broker" && most > memoryMiB {
            broken.append("\(name) had \(most.short) MiB; bound: \(memoryMiB.short)")
        }
        return broken
    }
}
