import AdminClient
import AdminResources
import Cryptography
import Foundation
import Glibc
import KMIP
import KMIPClient
import LocalSite
import PipelineSite
import TestServices
import Testing

extension EndToEnd {
    /// The programs as an operator types them.
    @Suite struct CommandLine {
        private func keyferry(_ site: PipelineSite, _ arguments: String...) async throws -> FinishedProgram {
            try await keyferry(site, arguments)
        }

        private func keyferry(_ site: PipelineSite, _ arguments: [String]) async throws -> FinishedProgram {
            try await FinishedProgram.run(
                BuiltPrograms.path("keyferry"),
                arguments,
                environment: ["KEYFERRY_HOME": site.home]
            )
        }

        private func decode<Value: Decodable>(_ type: Value.Type, _ finished: FinishedProgram) throws -> Value {
            #expect(finished.exitCode == 0, "\(finished.output)")
            return try ResourceCoding.decode(type, from: Data(finished.output.utf8))
        }

        @Test func statusInOneScreenAndAsJSON() async throws {
            let site = try await StandingSite.site()
            let status = try decode(StatusResource.self, try await keyferry(site, "status", "--output", "json"))
            #expect(status.condition == .serving)
            #expect(status.workers.count == 2)
            #expect(status.fronts.map(\.role).sorted() == ["admin", "gateway", "gateway"])
            #expect(status.partitions.first?.isServing == true)
            #expect(status.partitions.first?.details?.rootKeys.first?.currentVersion == 1)
            #expect(status.partitions.first?.queueDepths.isEmpty == false)
            let screen = try await keyferry(site, "status")
            #expect(screen.exitCode == 0)
            #expect(screen.output.hasPrefix("Keys are served."))
        }

        @Test func certificatesComeAndGo() async throws {
            let site = try await StandingSite.site()
            let folder = try TemporaryFolder()
            let instances = try decode(
                [InstanceResource].self,
                try await keyferry(site, "instance", "list", "--output", "json")
            )
            let instance = try #require(instances.first)
            #expect(instance.status == "installed")
            #expect(instance.name.hasPrefix("kmip-"))

            let client = try SiteClient.make("by-hand", kind: .rsa2048)
            let files = try client.write(in: folder.path)
            let added = try decode(
                CertificateResource.self,
                try await keyferry(
                    site,
                    "certificate",
                    "add",
                    "by-hand",
                    files.certificateFile,
                    "--instance",
                    instance.name,
                    "--output",
                    "json"
                )
            )
            #expect(added.fingerprint == client.fingerprint)
            #expect(added.key == "RSA-2048")
            try await site.wait("the client to be served", within: .seconds(5)) {
                _ = try await site.conversing(as: client) { try await $0.createKey() }
                return true
            }
            let listed = try decode(
                [CertificateResource].self,
                try await keyferry(site, "certificate", "list", "--instance", instance.name, "--output", "json")
            )
            #expect(listed.contains(added))

            let twice = try await keyferry(
                site,
                "certificate",
                "add",
                "by-hand",
                files.certificateFile,
                "--instance",
                instance.name
            )
            #expect(twice.exitCode == 1)
            let key = try await keyferry(
                site,
                "certificate",
                "add",
                "a-key",
                files.keyFile,
                "--instance",
                instance.name
            )
            #expect(key.exitCode == 65)
            #expect(!key.output.contains("BEGIN PRIVATE KEY"))
            let misspelt = try await keyferry(site, "certificate", "list", "--instance", instance.name + "x")
            #expect(misspelt.exitCode == 1)
            #expect(misspelt.output.contains("did you mean '\(instance.name)'?"))

            let removed = try await keyferry(site, "certificate", "remove", "by-hand", "--instance", instance.name)
            #expect(removed.exitCode == 0)
            try await site.wait("the client to be refused", within: .seconds(5)) {
                (try? await site.conversing(as: client) { try await $0.createKey() }) == nil
            }
        }

        /// `keyferry kmip`: a key's life.
        @Test(arguments: ["1.0", "1.1", "1.4"]) func aKeysLife(version: String) async throws {
            let site = try await StandingSite.site()
            let folder = try TemporaryFolder()
            let home = site.home
            let fingerprint = try site.gatewayCertificate().fingerprintText
            func kmip(_ arguments: String...) async throws -> FinishedProgram {
                try await FinishedProgram.run(
                    BuiltPrograms.path("keyferry"),
                    ["kmip"] + arguments + [
                        "--server", "127.0.0.1:\(site.gatewayPorts[1])", "--server-fingerprint", fingerprint,
                        "--certificate", home + "/clients/selftest.pem", "--key", home + "/clients/selftest.key",
                        "--kmip-version", version,
                    ]
                )
            }
            func line(_ finished: FinishedProgram) -> String {
                #expect(finished.exitCode == 0, "\(finished.output)")
                return finished.output.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            if version != "1.0" { #expect(line(try await kmip("discover")).split(separator: "\n").first == "1.4") }
            #expect(line(try await kmip("query")).contains("Keyferry"))
            let name = "by-hand-\(version)"
            let created = line(try await kmip("create", "--name", name, "--attribute", "x-Site=north"))
            #expect(line(try await kmip("locate", "--name", name)) == created)
            #expect(line(try await kmip("locate", "--name", name, "--attribute", "x-Site=south")).contains("Nothing"))

            let keyFile = folder.file("key")
            #expect(!line(try await kmip("get", created)).contains("error"))
            _ = line(try await kmip("get", created, "--key-file", keyFile))
            let written = try String(contentsOfFile: keyFile, encoding: .utf8)
            #expect(written.count == 65)
            #expect(try FileManager.default.attributesOfItem(atPath: keyFile)[.posixPermissions] as? Int == 0o600)
            #expect(line(try await kmip("get", created, "--reveal")) + "\n" == written)

            let registered = line(try await kmip("register", keyFile))
            #expect(line(try await kmip("get", registered, "--reveal")) + "\n" == written)
            #expect(line(try await kmip("attributes", created, "x-Site")).contains("north"))
            #expect(line(try await kmip("attributes", created, "State")).contains("Pre-Active"))
            for identifier in [created, registered] {
                _ = line(try await kmip("activate", identifier))
                #expect(try await kmip("destroy", identifier, "--yes").exitCode == 1)
                _ = line(try await kmip("revoke", identifier))
                _ = line(try await kmip("destroy", identifier, "--yes"))
                #expect(try await kmip("get", identifier).exitCode == 1)
            }
        }

        @Test func withoutASiteOneLineSaysSo() async throws {
            let site = try await PipelineSite.make()
            let status = try await keyferry(site, "status")
            #expect(status.exitCode == 69)
            #expect(status.output.split(separator: "\n").count <= 2)
            let nowhere = try await FinishedProgram.run(
                BuiltPrograms.path("keyferry"),
                ["status", "--home", "/nowhere"]
            )
            #expect(nowhere.exitCode == 78)
        }

        /// While no worker is there, an operator is told so by a problem of its own code, and nothing is done later.
        @Test func withoutAWorkerTheProblemIsNamed() async throws {
            try await withSite { site in
                let admin = try site.adminClient()
                let instance = try await site.instanceName()
                let client = try SiteClient.make("too-early")
                let file = try client.write(in: site.home).certificateFile
                let addition = ["certificate", "add", client.name, file, "--instance", instance]
                #expect(try await site.stop(.worker(1)) == .exited(code: 0))
                try await site.wait("the admin front to notice") { try await admin.status().condition == .down }

                let new = NewCertificate(name: client.name, pem: client.pem)
                let problems = [
                    try await problem { _ = try await admin.instances() },
                    try await problem { _ = try await admin.addCertificate(new, to: instance) },
                ]
                for problem in problems {
                    #expect(problem.code == "no-healthy-worker" && problem.status == 503, "\(problem)")
                    #expect(problem.title == "No healthy worker is heard.", "\(problem)")
                    #expect(!problem.requestId.isEmpty)
                }
                for arguments in [["instance", "list"], addition] {
                    let refused = try await keyferry(site, arguments)
                    #expect(refused.exitCode == 69, "\(refused.output)")
                    let lines = refused.output.split(separator: "\n")
                    #expect(lines.count == 2, "\(refused.output)")
                    #expect(lines.first?.hasPrefix("keyferry: No healthy worker is heard: ") == true, "\(lines)")
                    #expect(lines.first?.contains("(no-healthy-worker, request ") == true, "\(lines)")
                    #expect(lines.last == "  'keyferry status' shows who is heard.", "\(lines)")
                }
                let status = try await keyferry(site, "status")
                #expect(status.exitCode == 3 && status.output.hasPrefix("KEYS ARE NOT SERVED."), "\(status.output)")

                try await site.start(.worker(1))
                try await site.waitUntilServing()
                let registered = try await admin.certificates(of: instance)
                #expect(!registered.contains { $0.name == client.name })
                #expect(try await admin.instances().map(\.name) == [instance])
                let added = try await keyferry(site, addition)
                #expect(added.exitCode == 0, "\(added.output)")
                let listed = try await keyferry(site, "certificate", "list", "--instance", instance)
                #expect(listed.exitCode == 0 && listed.output.contains(client.name), "\(listed.output)")
                // The worker that went is remembered, as silent.
                let mended = try await keyferry(site, "status")
                #expect(mended.output.hasPrefix("Keys are served"), "\(mended.output)")
            }
        }

        /// - Returns: what a request is refused with.
        private func problem(_ request: () async throws -> Void) async throws -> Problem {
            do {
                try await request()
            } catch let error as AdminClientError {
                guard case .problem(let problem) = error.code else { throw error }
                return problem
            }
            throw PipelineSiteError("the request was not refused")
        }

        /// `make run` without make: a conversation is served, Ctrl-C ends everything, and what was made is there again.
        @Test func aSiteRunsUntilCtrlC() async throws {
            let site = try await PipelineSite.make()
            let ports = try (0..<2).map { _ in try LoopbackPort.free() }
            let log = site.home + "/run.log"
            var created = ""
            for run in 1...2 {
                try? FileManager.default.removeItem(atPath: log)
                let process = try LocalSite.ChildProcess(
                    ProcessLaunch(
                        name: "keyferry-setup",
                        executable: BuiltPrograms.path("keyferry-setup"),
                        arguments: [
                            "run", "--home", site.home, "--port", "\(site.gatewayPorts[0])", "--admin-port",
                            "\(site.adminPort)", "--broker-port", "\(ports[run - 1])",
                            "--monitoring-port", "0",
                        ],
                        environment: ["PATH": "/usr/bin:/bin", "HOME": site.home],
                        folder: site.home,
                        logFile: log
                    )
                )
                let said = { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
                try await site.wait("the site to run", within: .seconds(90)) {
                    if let end = process.end { throw PipelineSiteError("\(end): \(said())") }
                    return said().contains("Ctrl-C stops everything.")
                }
                try await site.conversing(as: try site.firstClient()) { kmip in
                    if run == 1 { created = try await kmip.createKey() }
                    #expect(try await kmip.get(created).keyBytes().count == 32)
                }
                for words in ["vCenter does", "Create", "Endpoint", "SHA-256", "certificate add"] {
                    #expect(said().contains(words), "\(words) in \(said())")
                }
                let begin = ContinuousClock.now
                process.send(SIGINT)
                #expect(await process.waitForEnd() == .exited(code: 0), "\(said())")
                // What is promised to the person at the terminal, and no figure of speed.
                #expect(begin.duration(to: .now) < .seconds(5))
                for port in [site.gatewayPorts[0], site.adminPort, ports[run - 1]] {
                    #expect(LoopbackPort.isFree(port))
                }
            }
        }
    }
}
