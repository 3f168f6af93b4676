import AdminClient
import AdminResources
import Cryptography
import Foundation
import KMIP
import KMIPClient
import PipelineSite
import TLSTransport
import Testing

extension EndToEnd {
    /// What operators do with client certificates, by the real programs, and what clients see of it.
    @Suite struct CertificateCommands {
        private static let closed = KMIPClientError(.connectionClosed)

        /// Runs `keyferry certificate …` as the first operator.
        private func certificate(_ arguments: [String], at site: PipelineSite) async throws -> (Int32, String) {
            let ended = try await FinishedProgram.run(
                BuiltPrograms.path("keyferry"),
                ["certificate"] + arguments + ["--home", site.home]
            )
            return (ended.exitCode ?? -1, ended.output)
        }

        private func isServed(_ client: SiteClient, gateway: Int = 1, by site: PipelineSite) async throws -> Bool {
            do {
                _ = try await site.conversing(as: client, gateway: gateway) { try await $0.locate(maximumItems: 1) }
                return true
            } catch let error as KMIPClientError where error == Self.closed {
                return false
            }
        }

        @Test func aRefusedClientIsAdmittedByItsFingerprint() async throws {
            let site = try await StandingSite.site()
            let instance = try await site.instanceName()
            let client = try SiteClient.make("unheard-of", kind: .rsa2048)
            #expect(try await !isServed(client, by: site))
            try await site.wait("the client to be pending", within: .seconds(10)) {
                let (code, output) = try await certificate(["pending"], at: site)
                return code == 0 && output.contains(client.fingerprint) && output.contains("127.0.0.1")
            }
            let admit = ["admit", client.fingerprint, "unheard-of", "--instance", instance]
            let (code, output) = try await certificate(admit, at: site)
            #expect(code == 0 && output.contains(client.fingerprint), "\(output)")
            // At once, by notice, on every gateway; the limit is for machines that are busy.
            for gateway in 1...2 {
                try await site.wait("gateway \(gateway) to let the client in", within: .seconds(5)) {
                    try await isServed(client, gateway: gateway, by: site)
                }
            }
            #expect(try await certificate(["pending"], at: site).1.contains(client.fingerprint) == false)
            #expect(try await certificate(admit, at: site).0 == 1)
            try await site.wait("its last use to be shown", within: .seconds(10)) {
                let shown = try await certificate(["show", "unheard-of", "--instance", instance], at: site)
                return shown.0 == 0 && shown.1.contains("last seen") && !shown.1.contains("not yet")
            }
            let pem = try await certificate(["download", "unheard-of", "--instance", instance], at: site)
            #expect(try Certificate(pem: pem.1) == client.identity.certificate)
            try await site.removeCertificate(of: client)
        }

        @Test func aReplacedClientIsServedUntilTheOverlapIsOver() async throws {
            let site = try await StandingSite.site()
            let instance = try await site.instanceName()
            let old = try await site.registeredClient("rotating")
            let connection = try await site.connect(as: old)
            let conversation = KMIPConversation(over: connection, version: .v14)
            _ = try await conversation.locate(maximumItems: 1)
            let new = try SiteClient.make("rotating")
            let replacement = CertificateReplacement(pem: new.identity.certificate.pem, overlapSeconds: 4)
            let answer = try await site.adminClient().replaceCertificate("rotating", of: instance, with: replacement)
            #expect(answer.previous?.name == "rotating.previous" && answer.previous?.validUntil != nil)
            try await site.wait("the new certificate to work", within: .seconds(3)) {
                try await isServed(new, gateway: 2, by: site)
            }
            // Beside the old one, over the connection that it has.
            _ = try await conversation.locate(maximumItems: 1)
            let (code, list) = try await certificate(["list", "--instance", instance], at: site)
            #expect(code == 0 && list.contains("rotating.previous") && list.contains("replaced"))
            // The gateway ends the connection by itself: nothing is asked over it.
            try await site.wait("the old connection to end", within: .seconds(15)) {
                site.log(of: .gateway(1)).contains("fingerprint=\(old.fingerprint)")
            }
            await #expect(throws: Self.closed) { try await conversation.locate(maximumItems: 1) }
            #expect(try await !isServed(old, by: site))
            #expect(try await isServed(new, by: site))
            // It is registered still, and nobody's to admit.
            #expect(try await certificate(["pending"], at: site).1.contains(old.fingerprint) == false)
            for name in ["rotating", "rotating.previous"] {
                #expect(try await certificate(["remove", name, "--instance", instance], at: site).0 == 0)
            }
        }

        @Test func whatIsIssuedAndSignedIsServed() async throws {
            let site = try await StandingSite.site()
            let instance = try await site.instanceName()
            let (pem, key) = ("\(site.home)/issued.pem", "\(site.home)/issued.key")
            let issue = ["issue", "issued", "--instance", instance, "--out-certificate", pem, "--out-key", key]
            let issued = try await certificate(issue, at: site)
            #expect(issued.0 == 0, "\(issued.1)")
            let issuedClient = SiteClient(
                name: "issued",
                identity: TLSIdentity(
                    certificate: try Certificate(pem: String(contentsOfFile: pem, encoding: .utf8)),
                    privateKey: try PrivateKey(pemFile: key)
                )
            )
            let signedKey = try PrivateKey.generate(.rsa2048)
            let request = try CertificateRequest.create(commonName: "signed", key: signedKey)
            try request.pem.write(toFile: "\(site.home)/signed.csr", atomically: true, encoding: .utf8)
            let signed = try await certificate(
                [
                    "sign", "\(site.home)/signed.csr", "--name", "signed", "--instance", instance,
                    "--out-certificate", "\(site.home)/signed.pem",
                ],
                at: site
            )
            #expect(signed.0 == 0, "\(signed.1)")
            let signedClient = SiteClient(
                name: "signed",
                identity: TLSIdentity(
                    certificate: try Certificate(
                        pem: String(contentsOfFile: "\(site.home)/signed.pem", encoding: .utf8)
                    ),
                    privateKey: signedKey
                )
            )
            for client in [issuedClient, signedClient] {
                try await site.wait("\(client.name) to be served", within: .seconds(5)) {
                    try await isServed(client, by: site)
                }
            }
            // Removal ends what was admitted in any of these ways.
            let connection = try await site.connect(as: issuedClient)
            _ = try await KMIPConversation(over: connection, version: .v14).locate(maximumItems: 1)
            try await site.removeCertificate(of: issuedClient)
            try await site.wait("the connection to end", within: .seconds(5)) {
                site.log(of: .gateway(1)).contains("fingerprint=\(issuedClient.fingerprint)")
            }
            try await site.removeCertificate(of: signedClient)
        }
    }
}
