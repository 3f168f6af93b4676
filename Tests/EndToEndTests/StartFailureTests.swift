import AdminClient
import AdminResources
import Foundation
import Glibc
import KMIP
import KMIPClient
import LocalSite
import PipelineSite
import Testing

extension EndToEnd {
    /// Processes that can't start or go on: one clear line, an exit code that says whether to try again, and nothing
    /// lost.
    @Suite struct StartFailures {
        /// A member that must end by itself.
        private func failure(
            of member: SiteMember,
            _ site: PipelineSite,
            _ environment: [String: String]
        ) async throws -> (end: ProcessEnd, lines: [Substring]) {
            let process = try await site.start(member, environment: environment)
            try await site.wait("\(member.name) to end", within: .seconds(30)) { process.end != nil }
            return (await process.waitForEnd(), site.log(of: member).split(separator: "\n"))
        }

        /// Tried once: a restart loop would lock a token that counts. The workers beside it go on.
        @Test func aWrongPINIsTriedOnce() async throws {
            try await withSite { site in
                let pinFile = site.home + "/token/wrong-pin"
                try "000000000000000000000000\n".write(toFile: pinFile, atomically: true, encoding: .utf8)
                chmod(pinFile, 0o600)
                let (end, lines) = try await failure(of: .worker(2), site, ["KEYFERRY_HSM_PIN_FILE": pinFile])
                #expect(end == .exited(code: 77))
                #expect(lines.count { $0.contains("the token refused the PIN") } == 1)
                #expect(!lines.contains { $0.contains("00000000000000") })
                _ = try await site.conversing(as: try site.firstClient()) { try await $0.createKey() }
                // And a new worker with the right one starts.
                try FileManager.default.removeItem(atPath: site.logFile(of: .worker(2)))
                try await site.start(.worker(2))
                try await site.wait("two workers") {
                    try await site.adminClient().status().workers.count { $0.health == .healthy } == 2
                }
            }
        }

        @Test func whatIsMissingIsNamed() async throws {
            let site = try await PipelineSite.make()
            try await site.broker.start()
            let cases: [(member: SiteMember, environment: [String: String], code: Int32, words: String)] = [
                (.worker(1), ["KEYFERRY_HSM_MODULE": "/nowhere/module.so"], 78, "/nowhere/module.so"),
                (.worker(2), ["KEYFERRY_HSM_TOKEN_LABEL": "another"], 69, "there is no such token"),
                (.worker(3), ["KEYFERRY_HSM_PIN_FILE": site.home + "/token/none"], 78, "/token/none"),
                (.worker(4), ["KEYFERRY_STORE_SQLITE_FILE": site.home + "/nowhere/keyferry.sqlite"], 69, "key store"),
                (.worker(5), ["KEYFERRY_PARTITION": "other"], 78, "partition"),
                (.gateway(1), ["KEYFERRY_TLS_KEY_FILE": site.home + "/tls/none.key"], 78, "/tls/none.key"),
                (
                    .admin, ["KEYFERRY_IDENTITY_CERTIFICATE_FILE": site.home + "/identities/gateway.pem"], 78,
                    "identities/gateway.pem"
                ),
            ]
            for (member, environment, code, words) in cases {
                let (end, lines) = try await failure(of: member, site, environment)
                #expect(end == .exited(code: code), "\(environment): \(lines.last ?? "")")
                #expect(lines.last?.contains(words) == true, "\(lines.last ?? "")")
            }
            await site.end()
        }

        /// Root reads whatever it likes, unless that right is taken from it: then it is as any other user.
        @Test(arguments: ["unreadable", "missing", "a file"])
        func aTokenDirectoryThatCannotBeReadIsNamed(_ state: String) async throws {
            let site = try await PipelineSite.make()
            let directory = site.home + "/token/tokens"
            let kept = site.home + "/token/kept"
            try FileManager.default.moveItem(atPath: directory, toPath: kept)
            if state == "unreadable" {
                try FileManager.default.copyItem(atPath: kept, toPath: directory)
                chmod(directory, 0)
            } else if state == "a file" {
                try "no directory".write(toFile: directory, atomically: true, encoding: .utf8)
            }
            let arguments = ["--config", site.home + "/worker.yaml"]
            let worker = try BuiltPrograms.path("keyferry-worker")
            let environment = ["KEYFERRY_MONITORING_PORT": "\(site.monitoringPort(of: .worker(1)))"]
            let finished =
                geteuid() == 0
                ? try await FinishedProgram.run(
                    "/usr/bin/setpriv",
                    ["--bounding-set=-dac_override,-dac_read_search", worker] + arguments,
                    environment: environment
                )
                : try await FinishedProgram.run(worker, arguments, environment: environment)
            #expect(finished.exitCode == 69)
            let complaints = finished.output.split(separator: "\n").filter { $0.contains(" critical ") }
            #expect(complaints.count == 1)
            #expect(complaints.first?.contains("/home/token/tokens is no folder that") == true, "\(finished.output)")
            #expect(complaints.first?.contains("hsm.softHSMConfigurationFile") == true, "\(finished.output)")
            // Nothing was made in its place, and with the directory back the token is as it was.
            chmod(directory, 0o700)
            if state != "missing" { try FileManager.default.removeItem(atPath: directory) }
            try FileManager.default.moveItem(atPath: kept, toPath: directory)
            try await site.startAll()
            _ = try await site.conversing(as: try site.firstClient()) { try await $0.createKey() }
            await site.end()
        }

        @Test func aPortInUseIsSaid() async throws {
            try await withSite(gateways: 2) { site in
                for (member, port) in [(SiteMember.gateway(2), site.gatewayPorts[0]), (.admin, site.gatewayPorts[1])] {
                    try await site.stop(member)
                    let (end, lines) = try await failure(of: member, site, ["KEYFERRY_LISTEN_PORT": "\(port)"])
                    #expect(end == .exited(code: 69))
                    #expect(lines.last?.contains("\(port)") == true, "\(lines.last ?? "")")
                    // What it was refused is free for the next.
                    try await site.start(.gateway(2))
                    try await site.wait("gateway 2 to listen") { LoopbackPort.accepts(site.gatewayPorts[1]) }
                }
                try await site.start(.admin)
                try await site.waitUntilServing()
            }
        }

        /// A password that the broker does not take: nobody serves, the log says why, and the right one mends it.
        @Test func aBrokerThatRefusesIsSaid() async throws {
            try await withSite { site in
                let file = site.home + "/wrong.credentials"
                try "keyferry\nwrong\n".write(toFile: file, atomically: true, encoding: .utf8)
                chmod(file, 0o600)
                try await site.stop(.worker(1))
                try await site.start(.worker(1), environment: ["KEYFERRY_BROKER_CREDENTIALS_FILE": file])
                let words = "the broker refuses the user or the password in broker.credentialsFile"
                try await site.wait("a log line") { site.log(of: .worker(1)).contains(words) }
                #expect(!site.log(of: .worker(1)).contains("wrong\n"))
                try await site.stop(.worker(1))
                try await site.start(.worker(1))
                try await site.waitUntilServing()
            }
        }
    }
}
