import AdminClient
import AdminResources
import Foundation
import KMIP
import KMIPClient
import KeyLoad
import LocalSite
import PipelineSite
import Testing

extension EndToEnd {
    /// What breaks while clients create keys. Each key that was promised is there afterwards, once.
    @Suite struct Faults {
        private static let closed = KMIPClientError(.connectionClosed)

        /// The other worker does what the killed one had in hand: clients notice a delay.
        @Test func workersKilledUnderLoad() async throws {
            try await withSite(workers: 2) { site in
                let load = SiteLoad(site: site, client: try site.firstClient())
                let before = try await load.keyCount()
                let result = try await load.run {
                    for round in 0..<6 {
                        try await Task.sleep(for: .milliseconds(700))
                        let worker = SiteMember.worker(round % 2 + 1)
                        try await site.kill(worker)
                        try await site.start(worker)
                        try await site.wait("\(worker.name) to be heard again") {
                            try await site.adminClient().status().workers.count { $0.health == .healthy } == 2
                        }
                    }
                }
                #expect(result.acknowledged.count > 50)
                #expect(result.unanswered.isEmpty, "requests that another worker could have answered")
                #expect(try await load.verify(result, before: before) == [])
            }
        }

        /// SoftHSM rewrites the token's files when somebody logs in: a worker that is killed then must not leave a token
        /// that no worker can open again. Some are killed before they log in, some while, some when they already serve: the
        /// moments are parts of the time that this machine takes for a start, as every fifth shows it.
        @Test func aStartingWorkerKilledTwoHundredTimes() async throws {
            try await withSite { site in
                let client = try site.firstClient()
                let key = try await site.conversing(as: client) { try await $0.createKey() }
                var start = Duration.zero
                for round in 0..<200 {
                    try await site.kill(.worker(1))
                    let part = round * 37 % 100
                    if round.isMultiple(of: 5) {
                        start = try await startAsFarAsTheToken(site)
                        try await Task.sleep(for: start * part / 200)
                    } else {
                        try await site.start(.worker(1))
                        try await Task.sleep(for: start * part / 90)
                    }
                }
                try await site.kill(.worker(1))
                try await site.start(.worker(1))
                try await site.waitUntilServing()
                let log = site.log(of: .worker(1))
                for failure in ["can't be used", "no such token", "refused the PIN"] { #expect(!log.contains(failure)) }
                let read = try await site.conversing(as: client) { try await $0.get(key) }
                #expect(try read.keyBytes().count == 32)
            }
        }

        /// Starts the worker, and waits until it has logged in and read what it decides by.
        ///
        /// - Returns: how long that took.
        private func startAsFarAsTheToken(_ site: PipelineSite) async throws -> Duration {
            let log = try FileHandle(forReadingFrom: URL(fileURLWithPath: site.logFile(of: .worker(1))))
            defer { try? log.close() }
            let before = try log.seekToEnd()
            let begin = ContinuousClock.now
            let worker = try await site.start(.worker(1))
            while true {
                try log.seek(toOffset: before)
                let text = String(decoding: try log.readToEnd() ?? Data(), as: UTF8.self)
                if text.contains("authority loaded") { return begin.duration(to: .now) }
                guard worker.end == nil, begin.duration(to: .now) < .seconds(60) else {
                    throw PipelineSiteError("the worker did not come as far as the token: \(text)")
                }
                try await Task.sleep(for: .milliseconds(5))
            }
        }

        @Test func theBrokerKilledUnderLoad() async throws {
            try await withSite(workers: 2) { site in
                let load = SiteLoad(site: site, client: try site.firstClient())
                let before = try await load.keyCount()
                let result = try await load.run {
                    for _ in 0..<2 {
                        try await Task.sleep(for: .seconds(1))
                        await site.broker.killNow()
                        try await Task.sleep(for: .milliseconds(500))
                        try await site.broker.start()
                        try await site.waitUntilServing()
                    }
                }
                #expect(result.acknowledged.count > 50)
                #expect(try await load.verify(result, before: before) == [])
            }
        }

        /// Clients go to the gateway that is left, and back.
        @Test func aGatewayKilledUnderLoad() async throws {
            try await withSite(gateways: 2, workers: 1) { site in
                let load = SiteLoad(site: site, client: try site.firstClient())
                let before = try await load.keyCount()
                let result = try await load.run(on: [1, 2]) {
                    for gateway in [1, 2] {
                        try await Task.sleep(for: .milliseconds(500))
                        try await site.kill(.gateway(gateway))
                        _ = try await site.conversing(as: load.client, gateway: 3 - gateway) {
                            try await $0.createKey()
                        }
                        try await site.start(.gateway(gateway))
                        try await site.waitUntilServing()
                    }
                }
                // Two were made beside the load.
                #expect(try await load.verify(result, before: before + 2) == [])
            }
        }

        /// An orderly end loses no answer.
        @Test func aWorkerStoppedUnderLoad() async throws {
            try await withSite(workers: 2) { site in
                let load = SiteLoad(site: site, client: try site.firstClient())
                let before = try await load.keyCount()
                let result = try await load.run {
                    try await Task.sleep(for: .milliseconds(500))
                    #expect(try await site.stop(.worker(1)) == .exited(code: 0))
                }
                #expect(result.unanswered.isEmpty)
                #expect(try await load.verify(result, before: before) == [])
            }
        }

        /// Never "normal" while keys can't be had: connections are closed after their handshake, so that vCenter sees the
        /// provider fail and tries the next one.
        @Test func withoutWorkersConnectionsAreClosed() async throws {
            try await withSite(workers: 2) { site in
                let client = try site.firstClient()
                let connection = try await site.connect(as: client)
                _ = try await KMIPConversation(over: connection, version: .v14).createKey()
                for worker in [1, 2] { try await site.kill(.worker(worker)) }
                try await site.wait("the gateway to notice", within: .seconds(10)) {
                    site.log(of: .gateway(1)).contains("not serving: no healthy worker is heard")
                }
                await #expect(throws: Self.closed) {
                    try await KMIPConversation(over: connection, version: .v14).locate()
                }
                // The handshake still completes; Discover Versions, which needs no worker, is not answered either.
                let late = try await site.connect(as: client)
                await #expect(throws: Self.closed) {
                    try await KMIPConversation(over: late, version: .v11).discoverVersions()
                }
                let status = try await site.adminClient().status()
                #expect(status.condition == .down)
                for worker in [1, 2] { try await site.start(.worker(worker)) }
                try await site.waitUntilServing()
            }
        }

        /// A process that stands still is as good as gone, and as bad.
        @Test func aWorkerThatHangsIsNotHeard() async throws {
            try await withSite { site in
                let client = try site.firstClient()
                try await site.process(.worker(1)).pause()
                try await site.wait("the gateway to notice", within: .seconds(10)) {
                    site.log(of: .gateway(1)).contains("not serving: no healthy worker is heard")
                }
                let connection = try await site.connect(as: client)
                await #expect(throws: Self.closed) {
                    try await KMIPConversation(over: connection, version: .v11).discoverVersions()
                }
                try await site.process(.worker(1)).resume()
                try await site.waitUntilServing()
            }
        }

        @Test func aBrokerThatHangsIsNotHeard() async throws {
            try await withSite { site in
                await site.broker.pause()
                try await site.wait("the gateway to notice", within: .seconds(10)) {
                    site.log(of: .gateway(1)).contains("not serving: no healthy worker is heard")
                }
                await site.broker.resume()
                try await site.waitUntilServing()
            }
        }
    }
}
