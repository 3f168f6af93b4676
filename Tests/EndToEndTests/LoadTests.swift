import Conversation
import KMIP
import KMIPClient
import LoadDriver
import LocalSite
import PipelineSite
import TLSTestPeers
import Testing

extension EndToEnd {
    /// More than can be done, and peers that do nothing or nothing good: no figures here, which are a matter of the machine
    /// (`make load`), but what holds on any: nothing ends, everything is answered or refused, others are served, and
    /// afterwards all is as before.
    @Suite struct Load {
        /// One site for all of these, whose gateway has limits that are reached in seconds.
        private static let site = Task {
            var options = PipelineSite.Options()
            options.environment = [
                "KEYFERRY_LOG_LEVEL": "info",
                "KEYFERRY_LIMITS_CONNECTIONS": "700",
                "KEYFERRY_LIMITS_JOBS_IN_FLIGHT": "16",
                "KEYFERRY_LIMITS_HANDSHAKE_SECONDS": "3",
                "KEYFERRY_LIMITS_READ_SECONDS": "3",
                "KEYFERRY_LIMITS_IDLE_SECONDS": "30",
            ]
            return try await LoadSite.prepare(try await PipelineSite.running(options), clientCount: 4, keyCount: 20)
        }

        private func withGenerator(
            on site: LoadSite,
            as clients: [SiteClient]? = nil,
            _ body: (LoadGenerator) async throws -> Void
        ) async throws {
            let generator = try await site.generator(as: clients)
            do {
                try await body(generator)
                try await generator.shutDown()
            } catch {
                try? await generator.shutDown()
                throw error
            }
        }

        private func expectAllRunning(_ site: LoadSite) async throws {
            for member in site.site.members { #expect(try await site.site.process(member).end == nil) }
        }

        /// Every request gets an answer, one that says that the server is busy or the key; none is left without.
        @Test func overload() async throws {
            let site = try await Self.site.value
            try await withGenerator(on: site) { generator in
                #expect(try await generator.open(300) == 300)
                let normal = try await generator.run(.standing, .closed(concurrency: 4), for: .seconds(2))
                #expect(normal.count(.success) == normal.samples.count)
                #expect(normal.count(.success) > 0)

                let over = try await generator.run(.standing, .closed(concurrency: 300), for: .seconds(4))
                #expect(over.count(.success) > 0)
                #expect(over.count(.busy) > 0, "more was asked at once than may be in flight")
                #expect(over.count(.success) + over.count(.busy) == over.samples.count)

                let after = try await generator.run(.standing, .closed(concurrency: 4), for: .seconds(2))
                #expect(after.count(.success) == after.samples.count)
                #expect(after.count(.success) > 0)
            }
            try await expectAllRunning(site)
        }

        /// A client that asks on very many connections at once leaves others their turn.
        @Test func oneGreedyClient() async throws {
            let site = try await Self.site.value
            try await withGenerator(on: site, as: [site.clients[0]]) { greedy in
                #expect(try await greedy.open(300) == 300)
                try await withGenerator(on: site, as: [site.clients[1]]) { modest in
                    #expect(try await modest.open(2) == 2)
                    async let flood = greedy.run(.standing, .closed(concurrency: 300), for: .seconds(4))
                    let asked = try await modest.run(.standing, .closed(concurrency: 1), for: .seconds(3))
                    #expect(asked.count(.success) > 0)
                    #expect(asked.count(.busy) == 0)
                    #expect(try await flood.count(.busy) > 0)
                }
            }
        }

        /// Nobody's Get fails while keys are moved, and all of them are.
        @Test func rotation() async throws {
            let site = try await Self.site.value
            var scenario = RotationScenario()
            scenario.keys = 300
            scenario.connections = 8
            scenario.measured = .seconds(1)
            let report = try await scenario.run(on: site)
            for rotation in [report.alone, report.beside] {
                #expect(rotation.moved >= 300 && rotation.failed == 0 && rotation.leftUnderOlderVersions == 0)
            }
            // Latency and refusals are a matter of the machine.
            #expect(report.getsMeanwhile.count > 0 && report.getsFailed == 0)
            try await expectAllRunning(site)
        }

        @Test func idleConnections() async throws {
            let site = try await Self.site.value
            var scenario = IdleScenario()
            scenario.connections = 500
            // At once, and fewer than may be in flight.
            scenario.touched = 10
            scenario.others = 8
            scenario.idle = .seconds(1)
            scenario.probed = .seconds(1)
            // Memory and processor time are a matter of the build, and of what ran before; what stays open is not.
            scenario.memoryKiBPerConnection = .infinity
            scenario.processorPercent = .infinity
            let report = try await scenario.run(on: site)
            // What the generator could not send is its own matter.
            #expect(report.broken.filter { !$0.hasPrefix("not sent") } == [])
            #expect(report.others.count > 0)
            #expect(report.connections == 500)
            #expect(report.touched.count == 10)
        }

        @Test func slowPeers() async throws {
            let site = try await Self.site.value
            var scenario = SlowScenario()
            scenario.peers = 10
            scenario.handshakeLimit = .seconds(3)
            scenario.readLimit = .seconds(3)
            scenario.requestsPerSecond = 20
            scenario.idleLimit = .seconds(30)
            scenario.kinds = [.silent, .drippingHandshake, .drippingRequest, .halfRequest, .halfClosed]
            // That they are cut off is what counts here; on a busy machine it takes longer.
            scenario.tolerance = .seconds(20)
            // Few jobs may be in flight here: when the disk takes half a second, some of the others are refused.
            scenario.refusedPart = 0.5
            let report = try await scenario.run(on: site)
            #expect(report.broken == [])
            #expect(report.kinds.allSatisfy { $0.cutAfter.count == 10 })
        }

        /// Silent connections take all places there are, and more: clients get theirs.
        @Test func moreSilentConnectionsThanPlaces() async throws {
            let site = try await Self.site.value
            let silent = try await SilentConnections.open(900, to: site.target)
            for _ in 0..<5 {
                let connection = try await site.site.connect(as: site.clients[0])
                _ = try await KMIPConversation(over: connection, version: .v14).get(site.keys[0])
                await connection.close()
            }
            await silent.close()
            #expect(site.site.log(of: .gateway(1)).contains("reason=displaced"))
            try await expectAllRunning(site)
        }

        @Test func unknownCertificates() async throws {
            let site = try await Self.site.value
            var scenario = UnknownScenario()
            scenario.duration = .seconds(4)
            scenario.floods = 8
            scenario.requestsPerSecond = 20
            scenario.visitsPerSecond = 2
            scenario.memoryMiB = .infinity
            // How fast the machine is decides how many are turned away; that some are not is for any machine.
            scenario.successfulVisits = 0.01
            // As with slow peers.
            scenario.refusedPart = 0.5
            let report = try await scenario.run(on: site)
            #expect(report.broken == [])
            #expect(report.flooded.count == 3)
            try await expectAllRunning(site)
        }

        /// Clients fill the secure memory with requests that they do not finish: what does not fit is closed with a reason,
        /// the process goes on, and when they are cut off there is room again.
        @Test func secureMemoryThatIsUsedUp() async throws {
            let site = try await Self.site.value
            try await site.site.stop(.gateway(1))
            try await site.site.start(
                .gateway(1),
                environment: ["KEYFERRY_MEMORY_SECRET_BYTES": "131072", "KEYFERRY_LIMITS_MESSAGE_BYTES": "32768"]
            )
            try await site.site.waitUntilServing()
            // Of a message of 32 KiB, half each: five times what there is, and more than one client's share.
            let part = [0x42, 0x00, 0x78, 0x01, 0x00, 0x00, 0x7F, 0xF0] + [UInt8](repeating: 0, count: 16_000)
            var peers: [TLSTestClient] = []
            for _ in 0..<40 {
                // Without memory there is no handshake either.
                guard let peer = try? await site.site.rawConnection(as: site.clients[0]) else { continue }
                try? await peer.send(part)
                peers.append(peer)
            }
            #expect(site.site.log(of: .gateway(1)).contains("reason=memoryShareExceeded"))
            // While he holds what he may, another is served.
            let other = try await site.site.connect(as: site.clients[1])
            _ = try await KMIPConversation(over: other, version: .v14).locate(maximumItems: 1)
            await other.close()
            for peer in peers { _ = await peer.untilEnd() }
            try await expectAllRunning(site)
            try await withGenerator(on: site) { generator in
                #expect(try await generator.open(4) == 4)
                let after = try await generator.run(.standing, .closed(concurrency: 4), for: .seconds(1))
                #expect(after.count(.success) > 0)
                #expect(after.count(.success) == after.samples.count)
            }
            try await site.site.stop(.gateway(1))
            try await site.site.start(.gateway(1))
            try await site.site.waitUntilServing()
        }

        @Test func loadGoesToLoopbackOnly() {
            #expect(throws: LoadError.self) { try LoadTarget(host: "192.0.2.1", port: 5696) }
            #expect(throws: LoadError.self) { try LoadTarget(host: "keys.example.com", port: 5696) }
            #expect(throws: LoadError.self) { try LoadTarget(host: "127.example.com", port: 5696) }
            #expect(throws: Never.self) { try LoadTarget(host: "127.0.0.1", port: 5696) }
        }
    }
}
