import KMIP
import NIOCore
import PipelineSite
import TLSTestPeers

/// Peers that begin and do not go on, in each way there is, while others ask for keys.
package struct SlowScenario: Sendable {
    /// Of each kind.
    package var peers = 50
    /// The gateway's limits, as it was started with.
    package var handshakeLimit = Duration.seconds(5)
    package var readLimit = Duration.seconds(5)
    package var idleLimit = Duration.seconds(8)
    /// How much later than its limit a peer may be cut off.
    package var tolerance = Duration.seconds(3)
    /// Of others' requests, the part that may be told that the server is busy.
    package var refusedPart = 0.0
    package var requestsPerSecond = 50.0
    package var kinds = Kind.allCases

    package init() {}

    package struct Report: ScenarioReport {
        package struct Kind: Sendable, Encodable {
            package let name: String
            package let limitSeconds: Double
            /// How long each lasted, from when its connection was taken for made.
            package let cutAfter: Latencies
            package let shortest: Double
            /// How long the first to be cut off lasted, from before its connection was asked for. The limit begins later.
            package let shortestInAll: Double
            package let uncut: Int
        }

        package var kinds: [Kind] = []
        package var normal = Latencies([])
        package var meanwhile = Latencies([])
        package var meanwhileFailed = 0
        package var meanwhileRefused = 0
        package var unsent = 0
        package var broken: [String] = []

        package var lines: [(String, String)] {
            kinds.map { kind in
                (
                    kind.name,
                    "limit \(kind.limitSeconds.short) s; cut after \((kind.shortest / 1000).short) to "
                        + "\((kind.cutAfter.longest / 1000).short) s"
                )
            } + [
                ("Get before", normal.text),
                (
                    "Get meanwhile",
                    "\(meanwhile.text); \(meanwhileFailed) failed, \(meanwhileRefused) refused as busy"
                ),
            ]
        }
    }

    package enum Kind: String, CaseIterable, Sendable {
        case silent = "no handshake begun"
        case drippingHandshake = "a handshake, a byte at a time"
        case drippingRequest = "a request, a byte at a time"
        case halfRequest = "half a request"
        case idle = "no request"
        case halfClosed = "half closed, without TLS's close"
    }

    package func run(on site: LoadSite) async throws -> Report {
        let generator = try await site.generator()
        do {
            _ = try await generator.open(64)
            _ = try await generator.run(.standing, .open(perSecond: requestsPerSecond), for: .seconds(1))
            var report = Report()
            let before = try await generator.run(.standing, .open(perSecond: requestsPerSecond), for: .seconds(2))
            report.normal = before.latencies(.success)
            let duration = (kinds.map(limit).max() ?? .zero) + .seconds(2)
            async let load = generator.run(.standing, .open(perSecond: requestsPerSecond), for: duration)
            report.kinds = try await cutAll(of: site, within: duration + tolerance)
            let meanwhile = try await load
            report.meanwhile = meanwhile.latencies(.success)
            report.meanwhileRefused = meanwhile.count(.busy)
            report.meanwhileFailed = meanwhile.samples.count - meanwhile.count(.success) - report.meanwhileRefused
            report.unsent = meanwhile.unsent
            report.broken = broken(report)
            try await generator.shutDown()
            return report
        } catch {
            try? await generator.shutDown()
            throw error
        }
    }

    private func limit(of kind: Kind) -> Duration {
        switch kind {
        case .silent, .drippingHandshake: handshakeLimit
        case .drippingRequest, .halfRequest: readLimit
        case .idle: idleLimit
        case .halfClosed: .zero
        }
    }

    private func cutAll(of site: LoadSite, within longest: Duration) async throws -> [Report.Kind] {
        try await withThrowingTaskGroup(of: (Kind, Lifetime?).self) { group in
            for kind in kinds {
                for _ in 0..<peers {
                    group.addTask { (kind, try await lifetime(of: kind, at: site, longest: longest)) }
                }
            }
            var found: [Kind: [Lifetime?]] = [:]
            for try await (kind, lifetime) in group { found[kind, default: []].append(lifetime) }
            return kinds.map { kind in
                let all = found[kind] ?? []
                let cut = all.compactMap(\.self)
                return Report.Kind(
                    name: kind.rawValue,
                    limitSeconds: limit(of: kind) / .seconds(1),
                    cutAfter: Latencies(cut.map(\.sinceMade.timeAmount.nanoseconds)),
                    shortest: (cut.map(\.sinceMade).min() ?? .zero) / .milliseconds(1),
                    shortestInAll: (cut.map(\.sinceAsked).min() ?? .zero) / .milliseconds(1),
                    uncut: all.count - cut.count
                )
            }
        }
    }

    /// How long it took until a peer was cut off.
    private struct Lifetime {
        /// From before its connection was asked for.
        let sinceAsked: Duration
        /// From when it began to be slow.
        let sinceMade: Duration
    }

    /// - Returns: nil if the peer was not cut off.
    private func lifetime(of kind: Kind, at site: LoadSite, longest: Duration) async throws -> Lifetime? {
        let asked = ContinuousClock.now
        let channel = try await open(kind, at: site)
        let begin = ContinuousClock.now
        let dripping = Task { try await behave(as: kind, on: channel) }
        let watchdog = Task {
            try await Task.sleep(for: longest)
            try await channel.close()
        }
        try? await channel.closeFuture.get()
        dripping.cancel()
        watchdog.cancel()
        let end = ContinuousClock.now
        let lifetime = Lifetime(sinceAsked: asked.duration(to: end), sinceMade: begin.duration(to: end))
        return lifetime.sinceMade < longest ? lifetime : nil
    }

    private func open(_ kind: Kind, at site: LoadSite) async throws -> any Channel {
        switch kind {
        case .silent, .drippingHandshake:
            return try await RawClient(port: site.target.port).channel
        case .drippingRequest, .halfRequest, .idle, .halfClosed:
            let client = try site.site.tlsConfiguration(as: site.clients[0])
            let peer = try await TLSTestClient(port: site.target.port, client)
            guard await peer.session() != nil else { throw LoadError("a slow peer got no handshake") }
            return peer.channel
        }
    }

    private func behave(as kind: Kind, on channel: any Channel) async throws {
        // Handshake, of 512 bytes, a Client Hello.
        let hello: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03]
        let request = Array(LoadRequest.get("a key that nobody asks for in the end").readableBytesView)
        switch kind {
        case .silent, .idle: return
        case .drippingHandshake: try await drip(hello + [UInt8](repeating: 7, count: 500), on: channel)
        case .drippingRequest: try await drip(request, on: channel)
        case .halfRequest: try await channel.writeAndFlush(ByteBuffer(bytes: request.prefix(request.count / 2)))
        case .halfClosed:
            // Below TLS: the TCP half ends without a word.
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.context(name: "TLS").close(mode: .output, promise: nil)
            }.get()
        }
    }

    private func drip(_ bytes: [UInt8], on channel: any Channel) async throws {
        for byte in bytes {
            try await channel.writeAndFlush(ByteBuffer(bytes: [byte]))
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func broken(_ report: Report) -> [String] {
        var broken: [String] = []
        for kind in report.kinds {
            if kind.uncut > 0 { broken.append("\(kind.uncut) were not cut off: \(kind.name)") }
            if kind.cutAfter.longest / 1000 > kind.limitSeconds + tolerance / .seconds(1) {
                broken.append("cut off after \((kind.cutAfter.longest / 1000).short) s: \(kind.name)")
            }
            // Two clocks are compared.
            if kind.shortestInAll / 1000 < kind.limitSeconds - 0.05 {
                broken.append("cut off after \((kind.shortestInAll / 1000).short) s, too early: \(kind.name)")
            }
        }
        if report.unsent > 0 { broken.append("\(report.unsent) were not sent: the generator had no free connection") }
        if report.meanwhileFailed > 0 { broken.append("\(report.meanwhileFailed) requests of others failed meanwhile") }
        let answered = report.meanwhile.count + report.meanwhileRefused
        if Double(report.meanwhileRefused) > refusedPart * Double(answered) {
            broken.append("\(report.meanwhileRefused) of \(answered) requests of others were refused as busy")
        }
        if report.meanwhile.count == 0 { broken.append("no request of others was done meanwhile") }
        return broken
    }
}
