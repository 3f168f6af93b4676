import AdminClient
import AdminResources
import Cryptography
import Foundation
import KMIP
import KMIPClient
import PipelineSite
import TLSTransport
import TestServices
import Testing

extension EndToEnd {
    /// A second key provider, as its operators make it, let it serve, stop it and take it away.
    @Suite struct InstanceCommands {
        private static let closed = KMIPClientError(.connectionClosed)

        private func keyferry(_ site: PipelineSite, _ arguments: [String]) async throws -> FinishedProgram {
            try await FinishedProgram.run(
                BuiltPrograms.path("keyferry"),
                arguments,
                environment: ["KEYFERRY_HOME": site.home]
            )
        }

        private func done(_ site: PipelineSite, _ arguments: String...) async throws -> String {
            let finished = try await keyferry(site, arguments)
            #expect(finished.exitCode == 0, "\(arguments): \(finished.output)")
            return finished.output
        }

        private func refused(_ site: PipelineSite, _ arguments: String...) async throws -> String {
            let finished = try await keyferry(site, arguments)
            #expect(finished.exitCode == 1, "\(arguments): \(finished.output)")
            return finished.output
        }

        private func waitUntilServed(_ site: PipelineSite, _ client: SiteClient, key: String) async throws -> [UInt8] {
            nonisolated(unsafe) var bytes: [UInt8] = []
            try await site.wait("the client to be served", within: .seconds(5)) {
                bytes = try await site.conversing(as: client) { try await $0.get(key).keyBytes() }
                return true
            }
            return bytes
        }

        @Test func aSecondInstanceFromItsMakingToItsEnd() async throws {
            try await withSite(gateways: 1, workers: 2) { site in
                #expect(try await done(site, "instance", "create", "kmip-second").contains("authorization grant"))
                let activation = ["instance", "activate", "kmip-second", "--root-key", "first"]
                let early = try await keyferry(site, activation)
                #expect(early.exitCode == 1)
                #expect(early.output.contains("An owner of root key"))
                #expect(early.output.contains("--instance kmip-second"))
                let grant = ["authorization", "grant", "--root-key", "first", "--instance", "kmip-second"]
                #expect(try await keyferry(site, grant).output.contains("Next, a KMIP manager"))
                #expect(try await keyferry(site, activation).exitCode == 0)
                #expect(try await done(site, "instance", "show", "kmip-second").contains("serves      yes"))

                let client = try SiteClient.make("second", kind: .p256)
                let new = NewCertificate(name: "second", pem: client.identity.certificate.pem)
                _ = try await site.adminClient().addCertificate(new, to: "kmip-second")
                nonisolated(unsafe) var key = ""
                try await site.wait("the client to be let in", within: .seconds(5)) {
                    key = try await site.conversing(as: client) { try await $0.createKey() }
                    return true
                }
                let before = try await waitUntilServed(site, client, key: key)

                try await isNotThereForOthers(site, key)
                try await endsWhenWithdrawn(site, client, key: key)
                #expect(try await keyferry(site, grant).exitCode == 0)
                #expect(try await waitUntilServed(site, client, key: key) == before)

                try await isRemoved(site, client)
            }
        }

        /// Keys belong to an instance. To a client of another one they are keys that do not exist, in every word.
        private func isNotThereForOthers(_ site: PipelineSite, _ key: String) async throws {
            try await site.conversing(as: try site.firstClient()) { kmip in
                let asks: [(String) async throws -> Void] = [
                    { _ = try await kmip.get($0) }, { _ = try await kmip.getAttributes(of: $0) },
                    { _ = try await kmip.activate($0) }, { _ = try await kmip.destroy($0) },
                ]
                for ask in asks {
                    var answers: [String] = []
                    for identifier in [key, UUID().uuidString.lowercased()] {
                        do {
                            try await ask(identifier)
                            Issue.record("served")
                        } catch let error as KMIPClientError {
                            #expect(error.code == .operationFailed(.itemNotFound))
                            answers.append("\(error)".replacing(identifier, with: "IDENTIFIER"))
                        }
                    }
                    #expect(Set(answers).count == 1, "\(answers)")
                }
                #expect(try await !kmip.locate(maximumItems: 10_000).uniqueIdentifiers.contains(key))
            }
        }

        private func endsWhenWithdrawn(_ site: PipelineSite, _ client: SiteClient, key: String) async throws {
            let connection = try await site.connect(as: client)
            let conversation = KMIPConversation(over: connection, version: .v14)
            _ = try await conversation.get(key)
            let other = try await site.connect(as: try site.firstClient())
            _ = try await done(
                site,
                "authorization",
                "withdraw",
                "--root-key",
                "first",
                "--instance",
                "kmip-second",
                "--yes"
            )
            let answered = ContinuousClock.now
            // By notice: the connection ends without a request of the client's.
            try await site.wait("the gateway to end the connection", within: .seconds(5)) {
                site.log(of: .gateway(1)).split(separator: "\n").contains {
                    $0.contains("connections of a client are ended") && $0.contains(client.fingerprint)
                }
            }
            #expect(ContinuousClock.now - answered < .seconds(2))
            await #expect(throws: Self.closed) { try await conversation.get(key) }
            let again = try await site.connect(as: client)
            await #expect(throws: Self.closed) {
                try await KMIPConversation(over: again, version: .v14).get(key)
            }
            #expect(site.log(of: .gateway(1)).contains("instance kmip-second is not in service"))
            #expect(
                try await done(site, "instance", "show", "kmip-second").contains(
                    "serves      NO: The owner of root key"
                )
            )
            // Another instance's clients are served on the connections that they have.
            _ = try await KMIPConversation(over: other, version: .v14).locate(maximumItems: 1)
            await other.close()
        }

        private func isRemoved(_ site: PipelineSite, _ client: SiteClient) async throws {
            let kept = try await refused(site, "instance", "delete", "kmip-second", "--yes")
            #expect(kept.contains("1 key not destroyed"))
            #expect(kept.contains("Remove the key provider from vCenter"))
            let misspelt = try await refused(site, "instance", "show", "kmip-secand")
            #expect(misspelt.contains("did you mean 'kmip-second'?"))
            _ = try await done(site, "instance", "delete", "kmip-second", "--force", "kmip-second", "--yes")
            try await site.wait("the instance to be gone", within: .seconds(10)) {
                try await !site.adminClient().instances().contains { $0.name == "kmip-second" }
            }
            let connection = try await site.connect(as: client)
            await #expect(throws: Self.closed) {
                try await KMIPConversation(over: connection, version: .v14).locate()
            }
        }

        @Test func aRevokedGatewayIsCutOffAndTheOtherServes() async throws {
            try await withSite(gateways: 1, workers: 1) { site in
                let client = try site.firstClient()
                let connection = try await site.connect(as: client)
                let conversation = KMIPConversation(over: connection, version: .v14)
                let key = try await conversation.createKey()
                #expect(try await done(site, "identity", "list").contains("gateway"))
                let path = site.home + "/identities/gateway.pem"
                let identity = try Certificate(pem: String(contentsOfFile: path, encoding: .utf8))
                let own = try Certificate(
                    pem: String(contentsOfFile: site.home + "/identities/admin.pem", encoding: .utf8)
                )
                #expect(
                    try await refused(site, "identity", "revoke", own.fingerprintText, "--yes").contains(
                        "would-lock-out"
                    )
                )
                _ = try await done(site, "identity", "revoke", identity.fingerprintText, "--yes")
                let answered = ContinuousClock.now
                await #expect(throws: (any Error).self) { try await conversation.get(key) }
                try await site.wait("the gateway to end its connections", within: .seconds(5)) {
                    site.log(of: .gateway(1)).contains("this gateway's identity was revoked")
                }
                #expect(ContinuousClock.now - answered < .seconds(2))
                let again = try await site.connect(as: client)
                await #expect(throws: (any Error).self) {
                    try await KMIPConversation(over: again, version: .v14).get(key)
                }
            }
        }

        @Test func anOperatorIsIssuedAdmittedAndRevoked() async throws {
            try await withSite { site in
                let issued = try await FinishedProgram.run(
                    BuiltPrograms.path("keyferry-setup"),
                    ["operator", "eve", "--role", "viewer", "--home", site.home]
                )
                #expect(issued.exitCode == 0, "\(issued.output)")
                #expect(issued.output.contains("keyferry operator add eve"))
                let eve = ["--profile", "eve"]
                #expect(try await keyferry(site, ["instance", "list"] + eve).exitCode == 77)
                _ = try await done(site, "operator", "add", "eve", site.home + "/operators/eve.pem", "--role", "viewer")
                #expect(try await keyferry(site, ["instance", "list"] + eve).exitCode == 0)
                #expect(try await keyferry(site, ["instance", "create"] + eve).exitCode == 77)
                #expect(
                    try await refused(site, "operator", "revoke", "first", "--yes").contains(
                        "last key owner or KMIP manager"
                    )
                )
                _ = try await done(site, "operator", "revoke", "eve", "--yes")
                #expect(try await keyferry(site, ["instance", "list"] + eve).exitCode == 77)
                #expect(try await done(site, "operator", "list").contains("revoked"))
            }
        }

        /// Each gateway has an identity of its own: one is cut off, and the other serves.
        @Test func aStolenGatewayIsCutOffAlone() async throws {
            try await withSite(gateways: 2) { site in
                let files = (site.home + "/gateway-2.pem", site.home + "/gateway-2.key")
                let issued = try await done(
                    site,
                    "identity",
                    "issue",
                    "gateway-2",
                    "--role",
                    "gateway",
                    "--out-certificate",
                    files.0,
                    "--out-key",
                    files.1
                )
                #expect(issued.contains("gateway 'gateway-2'"))
                try await site.stop(.gateway(2))
                let own = ["KEYFERRY_IDENTITY_CERTIFICATE_FILE": files.0, "KEYFERRY_IDENTITY_KEY_FILE": files.1]
                try await site.start(.gateway(2), environment: own)
                try await site.waitUntilServing()
                let client = try site.firstClient()
                let key = try await site.conversing(as: client, gateway: 2) { try await $0.createKey() }

                // Renewed, it has two certificates, and loses both.
                let renewed = (site.home + "/gateway-2b.pem", site.home + "/gateway-2b.key")
                _ = try await done(
                    site,
                    "identity",
                    "renew",
                    "gateway-2",
                    "--out-certificate",
                    renewed.0,
                    "--out-key",
                    renewed.1
                )
                try await site.stop(.gateway(2))
                let later = [
                    "KEYFERRY_IDENTITY_CERTIFICATE_FILE": renewed.0, "KEYFERRY_IDENTITY_KEY_FILE": renewed.1,
                ]
                try await site.start(.gateway(2), environment: later)
                try await site.waitUntilServing()
                let bytes = try await site.conversing(as: client, gateway: 2) { try await $0.get(key).keyBytes() }

                _ = try await done(site, "identity", "revoke", "gateway-2", "--yes")
                try await site.wait("the stolen gateway to get nothing more", within: .seconds(5)) {
                    let got = try? await site.conversing(as: client, gateway: 2) { try await $0.get(key) }
                    return got == nil
                }
                #expect(try await site.conversing(as: client) { try await $0.get(key).keyBytes() } == bytes)
                let list = try await done(site, "identity", "list")
                #expect(list.split(separator: "\n").count { $0.contains("gateway-2") && $0.contains("revoked") } == 2)
            }
        }

        @Test func anOperatorRenewsHimself() async throws {
            try await withSite { site in
                let files = (site.home + "/me.pem", site.home + "/me.key")
                _ = try await done(
                    site,
                    "operator",
                    "renew",
                    "first",
                    "--out-certificate",
                    files.0,
                    "--out-key",
                    files.1
                )
                let environment = [
                    "KEYFERRY_HOME": site.home, "KEYFERRY_CERTIFICATE_FILE": files.0, "KEYFERRY_KEY_FILE": files.1,
                ]
                let list = try await FinishedProgram.run(
                    BuiltPrograms.path("keyferry"),
                    ["operator", "list"],
                    environment: environment
                )
                #expect(list.exitCode == 0, "\(list.output)")
                #expect(list.output.split(separator: "\n").count { $0.hasPrefix("first") } == 2)
            }
        }
    }
}
