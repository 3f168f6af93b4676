import Cryptography
import Foundation
import KMIP
import KMIPClient
import KMIPFraming
import LocalSite
import PipelineSite
import TTLV
import Testing

extension EndToEnd {
    /// Where keys must not be: looked for in every place that can be searched, in every form that is likely.
    @Suite struct Secrecy {
        /// Keys that were made and registered, and read, over connections that are closed.
        private func useKeys(_ site: PipelineSite) async throws -> [[UInt8]] {
            let client = try site.firstClient()
            var keys: [[UInt8]] = []
            for version in [ProtocolVersion.v10, .v11, .v14] {
                try await site.conversing(as: client, version: version) { kmip in
                    let registered = try RandomBytes.generate(count: 32)
                    let identifiers = [try await kmip.registerKey(registered), try await kmip.createKey()]
                    for identifier in identifiers {
                        keys.append(try await kmip.get(identifier).keyBytes())
                        _ = try await kmip.getAttributes(of: identifier)
                        _ = try await kmip.activate(identifier)
                    }
                    #expect(keys.contains(registered))
                    // A registration that fails, and a Get that is not answered.
                    _ = try? await kmip.register(
                        .opaqueObject(.init(rawValue: 1), SecretBox(.random(count: 32))),
                        attributes: []
                    )
                }
            }
            return keys
        }

        @Test func noLogNoTrafficAndNoFileHasAKey() async throws {
            try await withSite(workers: 2, recordsBrokerTraffic: true) { site in
                let patterns = try await useKeys(site).map { SecretPattern($0) }
                #expect(patterns.count == 6)
                // Also what a kill leaves behind.
                try await site.kill(.worker(1))
                try await site.start(.worker(1))
                try await site.waitUntilServing()
                // So that no file changes or goes while it is searched.
                await site.end()

                let streams = try #require(site.proxy).streams
                let names = SecretPattern(Array("keyferry.jobs".utf8))
                #expect(streams.contains { !names.found(in: $0).isEmpty }, "nothing was recorded")
                var searched = 0
                for pattern in patterns {
                    for stream in streams { #expect(pattern.found(in: stream) == []) }
                    let files = site.logFiles + Self.files(below: site.brokerFolder) + Self.files(below: site.home)
                    for file in files {
                        #expect(try pattern.found(inFile: file) == [], "\(file)")
                        searched += 1
                    }
                }
                #expect(searched > 100)
                try Self.searchForPINs(site)
            }
        }

        /// PINs and the broker's password stand in no log.
        private static func searchForPINs(_ site: PipelineSite) throws {
            for file in ["token/pin", "token/so-pin", "broker.credentials"] {
                let text = try String(contentsOfFile: site.home + "/" + file, encoding: .utf8)
                let secret = try #require(text.split(separator: "\n").last)
                let pattern = SecretPattern(Array(secret.utf8))
                for log in site.logFiles { #expect(try pattern.found(inFile: log) == [], "\(file) in \(log)") }
            }
        }

        private static func files(below folder: String) -> [String] {
            guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
            return walk.compactMap { $0 as? String }.map { folder + "/" + $0 }.filter { path in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                    && FileManager.default.isReadableFile(atPath: path)
            }
        }

        /// A gateway has keys in clear while it answers, and a worker's SoftHSM, being no hardware, does too: nothing is
        /// left of them afterwards.
        @Test(.enabled(if: ProcessMemory.isReadable, "only root may read it"))
        func afterwardsNoProcessHasAKeyInMemory() async throws {
            try await withSite { site in
                let patterns = try await useKeys(site).map { SecretPattern($0) }
                try await Task.sleep(for: .milliseconds(500))
                let control = SecretPattern(Array("KEYFERRY_BROKER_ADDRESSES".utf8))
                for member in site.members {
                    let pid = try await site.process(member).pid
                    let found = try ProcessMemory.search(pid, for: patterns + [control])
                    for forms in found.dropLast() { #expect(forms == [], "\(member.name)") }
                    #expect(found.last?.isEmpty == false, "the search finds nothing")
                }
            }
        }
    }
}
