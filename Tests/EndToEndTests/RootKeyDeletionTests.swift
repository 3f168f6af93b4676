import AdminClient
import AdminResources
import Foundation
import KMIP
import KMIPClient
import LocalSite
import PipelineSite
import TTLV
import TestServices
import Testing

extension EndToEnd {
    /// Two key owners delete a root key, change their minds, and delete it.
    @Suite struct RootKeyDeletion {
        private func run(_ program: String, _ site: PipelineSite, _ arguments: [String]) async throws -> FinishedProgram
        {
            try await FinishedProgram.run(
                BuiltPrograms.path(program),
                arguments,
                environment: ["KEYFERRY_HOME": site.home]
            )
        }

        @discardableResult
        private func done(_ site: PipelineSite, _ arguments: String...) async throws -> String {
            let finished = try await run("keyferry", site, arguments)
            #expect(finished.exitCode == 0, "\(finished.output)")
            return finished.output
        }

        @discardableResult
        private func setup(_ site: PipelineSite, _ arguments: String...) async throws -> String {
            let finished = try await run("keyferry-setup", site, arguments + ["--home", site.home])
            #expect(finished.exitCode == 0, "\(finished.output)")
            return finished.output
        }

        /// A second key owner, whom the first one admits. Set-up has made him a profile.
        private func admitOwner(_ name: String, _ site: PipelineSite) async throws {
            try await setup(site, "operator", name, "--role", "key-owner")
            try await done(site, "operator", "add", name, "\(site.home)/operators/\(name).pem", "--role", "key-owner")
        }

        /// So many that their report is larger than a message: it comes in parts, and is signed as a whole.
        private func makeNamedKeys(_ site: PipelineSite) async throws {
            let client = try site.firstClient()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await site.conversing(as: client) { kmip in
                            for key in 0..<300 {
                                let name = "\(number)-\(key)-" + String(repeating: "n", count: 480)
                                _ = try await kmip.create(
                                    .aes,
                                    length: 256,
                                    usage: [.encrypt, .decrypt],
                                    attributes: [Attribute(AttributeName("x-Name"), .text(name))]
                                )
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }

        private func order(_ site: PipelineSite, _ file: String) async throws {
            try await done(site, "root-key", "sign-deletion", "first", "--out", file, "--profile", "eve")
            let output = try await done(site, "root-key", "delete", "first", "--owner-signature", file, "--yes")
            #expect(output.contains("out of use") && output.contains("root-key restore first"))
        }

        @Test func aRootKeyIsDeletedRestoredAndDeleted() async throws {
            try await withSite { site in
                try await site.kill(.worker(1))
                let environment = ["KEYFERRY_ROOT_KEYS_DELETION_WAIT_SECONDS": "20"]
                try await site.start(.worker(1), environment: environment)
                try await site.waitUntilServing()
                let client = try site.firstClient()
                let key = try await site.conversing(as: client) { kmip in
                    let key = try await kmip.createKey()
                    _ = try await kmip.get(key)
                    return key
                }
                let (recovery, backup) = (site.home + "-recovery.key", site.home + "-backup")
                try await setup(site, "backup-key", "--out", recovery)
                try await setup(site, "backup", "--out", backup)
                try await admitOwner("eve", site)

                // One person, twice.
                let own = site.home + "-own"
                try await done(site, "root-key", "sign-deletion", "first", "--out", own)
                let alone = try await run(
                    "keyferry",
                    site,
                    ["root-key", "delete", "first", "--owner-signature", own, "--yes"]
                )
                #expect(alone.exitCode != 0 && alone.output.contains("two different key owners"), "\(alone.output)")
                let without = try await run("keyferry", site, ["root-key", "delete", "first", "--yes"])
                #expect(without.exitCode == 64 && without.output.contains("sign-deletion"), "\(without.output)")
                _ = try await site.conversing(as: client) { try await $0.get(key) }

                try await order(site, site.home + "-agreed1")
                let status = try await run("keyferry", site, ["status"])
                #expect(status.output.contains("DELETION   first: destroyed at"), "\(status.output)")
                await #expect(throws: (any Error).self) {
                    _ = try await site.conversing(as: client) { try await $0.get(key) }
                }
                try await site.wait("the metric to say so", within: .seconds(5)) {
                    try await site.metrics(of: .worker(1))["keyferry_root_key_deletions_in_progress"] == 1
                }
                try await done(site, "root-key", "restore", "first")
                try await done(site, "root-key", "resume", "first")
                try await site.waitUntilServing()
                _ = try await site.conversing(as: client) { try await $0.get(key) }

                try await makeNamedKeys(site)
                try await order(site, site.home + "-agreed2")
                // As the timer does, every day.
                try await setup(site, "renew", "ticket")
                let owner = try site.adminClient()
                try await site.wait("the root key to be destroyed", within: .seconds(60)) {
                    let key = try await owner.rootKey("first")
                    return key.status == "deleted" && key.deletion == nil
                }
                let late = try await run("keyferry", site, ["root-key", "restore", "first"])
                #expect(late.exitCode != 0 && late.output.contains("for good"), "\(late.output)")

                let kept = site.home + "-report.json"
                let report = try await done(site, "root-key", "deletion-report", "first", "--out", kept)
                #expect(report.contains(key) && report.contains("first, eve") && report.contains("verified"))
                let signed = try JSONDecoder().decode(
                    SignedStatementResource.self,
                    from: try Data(contentsOf: URL(fileURLWithPath: kept))
                )
                #expect(signed.statement.contains(key) && signed.statement.utf8.count > 1 << 20)
                for name in ["\"0-0-nnn", "\"7-299-nnn"] { #expect(signed.statement.contains(name)) }
                let verified = try await run(
                    "keyferry-setup",
                    site,
                    ["backup", "verify", backup, "--recovery-key", recovery, "--home", site.home]
                )
                #expect(verified.exitCode != 0 && verified.output.contains("cannot be read again"))

                // Another root key serves, under the ticket key that was made; what was lost is destroyed.
                try await done(site, "root-key", "create", "second")
                let instance = try await site.instanceName()
                try await done(site, "authorization", "grant", "--root-key", "second", "--instance", instance)
                try await done(site, "instance", "activate", instance, "--root-key", "second")
                try await site.waitUntilServing()
                try await site.conversing(as: client) { kmip in
                    let new = try await kmip.createKey()
                    _ = try await kmip.get(new)
                    await #expect(throws: (any Error).self) { _ = try await kmip.get(key) }
                }
            }
        }
    }
}
