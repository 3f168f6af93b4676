import Foundation
import KMIP
import KMIPClient
import PipelineSite
import Testing

extension EndToEnd {
    /// A site is backed up while it serves, lost but for its token, and restored.
    @Suite struct Backup {
        private func setup(_ arguments: String...) async throws -> FinishedProgram {
            let finished = try await FinishedProgram.run(BuiltPrograms.path("keyferry-setup"), arguments)
            #expect(finished.exitCode == 0, "\(finished.output)")
            return finished
        }

        private func keyBytes(_ site: PipelineSite, _ identifiers: [String]) async throws -> [[UInt8]] {
            try await site.conversing(as: try site.firstClient()) { kmip in
                var keys: [[UInt8]] = []
                for identifier in identifiers { keys.append(try await kmip.get(identifier).keyBytes()) }
                return keys
            }
        }

        @Test func aSiteIsLostAndComesBack() async throws {
            try await withSite(workers: 2) { site in
                let identifiers = try await site.conversing(as: try site.firstClient()) { kmip in
                    var identifiers: [String] = []
                    for _ in 0..<5 { identifiers.append(try await kmip.createKey()) }
                    return identifiers
                }
                let keys = try await keyBytes(site, identifiers)
                #expect(Set(keys).count == 5 && keys.allSatisfy { $0.count == 32 })

                let home = site.home
                let (recovery, file, lost) = (home + "-recovery.key", home + "-backup", home + "-lost")
                _ = try await setup("backup-key", "--home", home, "--out", recovery)
                _ = try await setup("backup", "--home", home, "--out", file)
                // It served meanwhile, and does still.
                #expect(try await keyBytes(site, identifiers) == keys)
                let verified = try await setup("backup", "verify", file, "--recovery-key", recovery, "--home", home)
                #expect(verified.output.contains("Every record is authentic"))

                for member in site.members { try await site.stop(member) }
                try FileManager.default.moveItem(atPath: home, toPath: lost)
                // Everything but the token is gone.
                for name in try FileManager.default.contentsOfDirectory(atPath: lost) where name != "token" {
                    try FileManager.default.removeItem(atPath: "\(lost)/\(name)")
                }
                let restored = try await setup(
                    "restore",
                    file,
                    "--recovery-key",
                    recovery,
                    "--home",
                    home,
                    "--token",
                    lost + "/token"
                )
                #expect(restored.output.contains("Every record is authentic"))
                try FileManager.default.removeItem(atPath: lost)

                for member in site.members { try await site.start(member) }
                try await site.waitUntilServing()
                #expect(try await keyBytes(site, identifiers) == keys)
                let created = try await site.conversing(as: try site.firstClient()) { try await $0.createKey() }
                #expect(try await keyBytes(site, [created]).first?.count == 32)
            }
        }
    }
}
