import AdminClient
import AdminResources
import Foundation
import KMIPClient
import PipelineSite
import TestServices
import Testing

extension EndToEnd {
    /// Root keys of their owner's own, by the commands that the owner is shown.
    @Suite struct RootKeyImport {
        private func keyferry(_ site: PipelineSite, _ arguments: String...) async throws -> FinishedProgram {
            try await FinishedProgram.run(
                BuiltPrograms.path("keyferry"),
                arguments,
                environment: ["KEYFERRY_HOME": site.home]
            )
        }

        /// Runs lines as an owner types them.
        private func shell(_ lines: [String], in folder: String, of site: PipelineSite) async throws -> FinishedProgram
        {
            let keyferry = URL(fileURLWithPath: try BuiltPrograms.path("keyferry")).deletingLastPathComponent().path
            let script = ["set -e", "cd '\(folder)'"] + lines
            return try await FinishedProgram.run(
                "/bin/bash",
                ["-c", script.joined(separator: "\n")],
                environment: ["KEYFERRY_HOME": site.home, "PATH": "\(keyferry):/usr/bin:/bin"]
            )
        }

        /// The commands that `import-token` prints.
        private func commands(_ text: String) -> [String] {
            text.split(separator: "\n").filter { $0.hasPrefix("    ") }.map { String($0.dropFirst(4)) }
        }

        private func folder(of site: PipelineSite) throws -> String {
            let path = site.home + "/own-key"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            return path
        }

        @Test func theCommandsThatAreShownBringARootKey() async throws {
            try await withSite(workers: 2) { site in
                let folder = try folder(of: site)
                let file = folder + "/import-key.pem"
                let shown = try await keyferry(site, "root-key", "import-token", "--out-public-key", file)
                #expect(shown.exitCode == 0, "\(shown.output)")
                let lines = commands(shown.output)
                #expect(lines.map { $0.prefix { $0 != " " } } == ["umask", "openssl", "openssl", "shred", "keyferry"])
                let own = lines.map { $0.replacing(" NAME ", with: " own ") }
                let imported = try await shell(own, in: folder, of: site)
                #expect(imported.exitCode == 0, "\(imported.output)")
                #expect(imported.output.contains("Root key 'own' of partition"))
                #expect(!FileManager.default.fileExists(atPath: folder + "/root.key"))
                #expect(try await site.adminClient().rootKey("own").currentVersion == 1)

                let client = try site.firstClient()
                let (key, bytes) = try await site.conversing(as: client) { kmip in
                    let key = try await kmip.createKey()
                    return (key, try await kmip.get(key).keyBytes())
                }
                // The wrapped key is good for another version, too, though nobody should use a key twice.
                let rotated = try await keyferry(
                    site,
                    "root-key",
                    "rotate",
                    "first",
                    "--wrapped-key",
                    folder + "/root.wrapped"
                )
                #expect(rotated.exitCode == 0, "\(rotated.output)")
                let versions = try await site.adminClient().rootKey("first").versions
                #expect(versions.map(\.status) == ["retired", "current"])
                #expect(versions[0].keyCount == 0 && versions[1].keyCount > 0)
                // The HSM has it from its own files alone.
                try await site.kill(.worker(1))
                try await site.kill(.worker(2))
                try await site.start(.worker(1))
                try await site.waitUntilServing()
                #expect(try await site.conversing(as: client) { try await $0.get(key).keyBytes() } == bytes)
                try await isRefused(site, folder, lines)
            }
        }

        private func isRefused(_ site: PipelineSite, _ folder: String, _ lines: [String]) async throws {
            let before = try await site.adminClient().rootKeys().map(\.name)
            let short = lines.map { $0.replacing(" 32", with: " 24").replacing(" NAME ", with: " short ") }
            let refused = try await shell(short, in: folder, of: site)
            #expect(refused.exitCode == 1 && refused.output.contains("root-key-length-not-accepted"))
            let otherKey = [
                "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 2>/dev/null | openssl pkey -pubout -out other.pem"
            ]
            let others = lines.map {
                $0.replacing(folder + "/import-key.pem", with: "other.pem").replacing(" NAME ", with: " other ")
            }
            let foreign = try await shell(otherKey + others, in: folder, of: site)
            #expect(foreign.exitCode == 1 && foreign.output.contains("wrapped-key-not-accepted"), "\(foreign.output)")
            let otherHash = lines.map { $0.replacing(":sha1", with: ":sha256").replacing(" NAME ", with: " hash ") }
            let hashed = try await shell(otherHash, in: folder, of: site)
            #expect(hashed.exitCode == 1 && hashed.output.contains("wrapped-key-not-accepted"), "\(hashed.output)")
            let plain = try await shell(
                ["openssl rand -out plain.key 32", "keyferry root-key import plain --wrapped-key plain.key"],
                in: folder,
                of: site
            )
            #expect(plain.exitCode == 65 && plain.output.contains("it was not sent anywhere"))
            #expect(try await site.adminClient().rootKeys().map(\.name) == before)
        }
    }
}
