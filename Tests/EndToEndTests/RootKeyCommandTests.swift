import AdminClient
import AdminResources
import Foundation
import KMIP
import KMIPClient
import KeyLoad
import LocalSite
import PipelineSite
import TestServices
import Testing

extension EndToEnd {
    /// Root keys as their owner handles them, while clients go on.
    @Suite struct RootKeyCommands {
        private static let closed = KMIPClientError(.connectionClosed)

        private func keyferry(_ site: PipelineSite, _ arguments: String...) async throws -> FinishedProgram {
            try await FinishedProgram.run(
                BuiltPrograms.path("keyferry"),
                arguments,
                environment: ["KEYFERRY_HOME": site.home]
            )
        }

        /// Many keys, by several clients at once.
        private func makeKeys(_ site: PipelineSite) async throws -> [String] {
            let client = try site.firstClient()
            return try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await site.conversing(as: client) { kmip in
                            var keys: [String] = []
                            for _ in 0..<60 { keys.append(try await kmip.createKey()) }
                            return keys
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }

        /// The keys with their bytes.
        private func read(_ site: PipelineSite, _ keys: [String]) async throws -> [String: [UInt8]] {
            try await site.conversing(as: try site.firstClient()) { kmip in
                var found: [String: [UInt8]] = [:]
                for key in keys { found[key] = try await kmip.get(key).keyBytes() }
                return found
            }
        }

        @Test func aRotationUnderLoadWithAWorkerKilled() async throws {
            try await withSite(workers: 2) { site in
                let load = SiteLoad(site: site, client: try site.firstClient())
                let some = Array(try await makeKeys(site).prefix(200))
                let bytes = try await read(site, some)
                let total = try await load.keyCount()

                let result = try await load.run {
                    let started = try await site.adminClient().rotateRootKey("first")
                    #expect(started.state == .running && started.targetVersion == 2)
                    do {
                        _ = try await site.adminClient().rotateRootKey("first")
                        Issue.record("two rotations at once")
                    } catch let error as AdminClientError {
                        guard case .problem(let problem) = error.code else { throw error }
                        #expect(problem.knownCode == .rotationRunning)
                    }
                    try await site.wait("some keys to be moved") {
                        try await site.adminClient().operation(started.identifier).done > 0
                    }
                    try await site.kill(.worker(1))
                    let inBetween = try await site.adminClient().operation(started.identifier)
                    #expect(inBetween.state == .running && inBetween.done < inBetween.total)
                    #expect(try await read(site, some) == bytes)
                    let waited = try await keyferry(site, "operation", "wait", started.identifier)
                    #expect(waited.exitCode == 0 && waited.output.contains("VERSION"), "\(waited.output)")
                    try await site.start(.worker(1))
                    let end = try await site.adminClient().operation(started.identifier)
                    #expect(end.state == .done && end.failed == 0 && end.done >= total)
                    #expect(end.report?.first?.keyCount == 0)
                    #expect(end.report?.last.map { $0.version == 2 && $0.keyCount >= total } == true)
                }
                try await site.waitUntilServing()
                #expect(try await load.verify(result, before: total) == [])
                #expect(try await read(site, some) == bytes)
                let key = try await site.adminClient().rootKey("first")
                #expect(key.versions.map(\.status) == ["retired", "current"] && key.rotation == nil)
                #expect(key.versions.map(\.keyCount) == [0, try await load.keyCount()])
            }
        }

        @Test func aRetiredVersionEndsWhenItsTimeIsOver() async throws {
            try await withSite(workers: 2) { site in
                for member in [SiteMember.worker(1), .worker(2)] {
                    try await site.stop(member)
                    try await site.start(member, environment: ["KEYFERRY_ROOT_KEYS_RETENTION_DAYS": "0"])
                }
                try await site.waitUntilServing()
                let client = try site.firstClient()
                let key = try await site.conversing(as: client) { try await $0.createKey() }
                let bytes = try await read(site, [key])
                #expect(try await keyferry(site, "root-key", "rotate", "first").exitCode == 0)
                try await site.wait("the retired version to be destroyed") {
                    try await site.adminClient().rootKey("first").versions.map(\.status) == ["destroyed", "current"]
                }
                #expect(try await read(site, [key]) == bytes)
                // Nobody was sick of it, and who starts now misses nothing.
                for member in [SiteMember.worker(1), .worker(2)] {
                    #expect(!site.log(of: member).contains("a root key version can't be used"))
                    try await site.kill(member)
                }
                try await site.start(.worker(1))
                try await site.waitUntilServing()
                #expect(try await read(site, [key]) == bytes)
            }
        }

        @Test func suspendAndResume() async throws {
            try await withSite(workers: 1) { site in
                let client = try site.firstClient()
                let connection = try await site.connect(as: client)
                let kmip = KMIPConversation(over: connection, version: .v14)
                let key = try await kmip.createKey()
                let bytes = try await kmip.get(key).keyBytes()
                #expect(try await keyferry(site, "root-key", "suspend", "first").exitCode == 0)
                let moment = ContinuousClock.now
                try await site.wait("the connection to be closed", within: .seconds(5)) {
                    site.log(of: .gateway(1)).contains("is not in service")
                }
                // The issue's limit is a second; what is beyond it here is a busy machine's.
                #expect(moment.duration(to: .now) < .seconds(3))
                await #expect(throws: Self.closed) { try await kmip.get(key) }
                let late = try await site.connect(as: client)
                await #expect(throws: Self.closed) {
                    try await KMIPConversation(over: late, version: .v11).discoverVersions()
                }
                let status = try await site.adminClient().status()
                #expect(status.workers.allSatisfy { $0.health == .healthy })
                #expect(status.partitions.first?.details?.rootKeys.first?.status == "suspended")

                #expect(try await keyferry(site, "root-key", "resume", "first").exitCode == 0)
                try await site.wait("keys to be had again", within: .seconds(5)) {
                    try await site.conversing(as: client) { try await $0.get(key).keyBytes() == bytes }
                }
                let second = try await keyferry(site, "root-key", "create", "second")
                #expect(second.exitCode == 0)
                let list = try await keyferry(site, "root-key", "list")
                #expect(list.output.contains("first") && list.output.contains("second"))
                #expect(try await keyferry(site, "root-key", "show", "secnd").output.contains("did you mean 'second'?"))
            }
        }
    }
}
