import Cryptography
import Foundation
import KMIP
import KMIPClient
import PipelineSite
import TLSTestPeers
import TLSTransport
import TestServices
import Testing

extension EndToEnd {
    /// Who is let in: by the fingerprint of a certificate whose key the handshake has proven.
    @Suite struct Registration {
        private static let closed = KMIPClientError(.connectionClosed)

        /// The handshake completes, as vCenter needs it to fetch the server's certificate, and the first request ends it.
        @Test func withoutACertificateOnlyTheHandshakeSucceeds() async throws {
            let site = try await StandingSite.site()
            let connection = try await site.connect(as: nil)
            let certificate = connection.session.peerCertificate
            #expect(certificate?.fingerprintSHA256 == (try site.gatewayCertificate().fingerprintSHA256))
            await #expect(throws: Self.closed) {
                try await KMIPConversation(over: connection, version: .v11).discoverVersions()
            }
            try await site.wait("a log line") {
                site.log(of: .gateway(1)).contains("the client presented no certificate")
            }
        }

        @Test func anUnknownCertificateIsRefusedByNameAndThenAdmitted() async throws {
            let site = try await StandingSite.site()
            let client = try SiteClient.make("newcomer", kind: .rsa2048)
            // However often it tries, it is never locked out.
            for _ in 0..<20 {
                let connection = try await site.connect(as: client)
                await #expect(throws: Self.closed) {
                    try await KMIPConversation(over: connection, version: .v11).discoverVersions()
                }
            }
            try await site.wait("a log line with the fingerprint") {
                site.log(of: .gateway(1)).split(separator: "\n").contains {
                    $0.contains(client.fingerprint) && $0.contains("keyferry certificate add")
                }
            }

            try await site.register(client)
            // At once, by notice, on every gateway; the limit is for machines that are busy.
            for gateway in 1...2 {
                try await site.wait("gateway \(gateway) to let the newcomer in", within: .seconds(5)) {
                    _ = try await site.conversing(as: client, gateway: gateway) { try await $0.createKey() }
                    return true
                }
            }
        }

        @Test func removalEndsLiveConnections() async throws {
            let site = try await StandingSite.site()
            let client = try await site.registeredClient("leaver")
            var connections: [KMIPConnection] = []
            for gateway in [1, 2, 1, 2] {
                let connection = try await site.connect(as: client, gateway: gateway)
                _ = try await KMIPConversation(over: connection, version: .v14).createKey()
                connections.append(connection)
            }
            // Another client's connection is none of their business.
            let other = try await site.connect(as: try site.firstClient())
            try await site.removeCertificate(of: client)
            let gateways = [1, 2].map { gateway in
                { site.log(of: .gateway(gateway)).contains("fingerprint=\(client.fingerprint)") }
            }
            try await site.wait("both gateways to close them", within: .seconds(5)) { gateways.allSatisfy { $0() } }
            for connection in connections {
                await #expect(throws: Self.closed) {
                    try await KMIPConversation(over: connection, version: .v14).locate()
                }
            }
            _ = try await KMIPConversation(over: other, version: .v14).locate(maximumItems: 1)
            await other.close()
            let again = try await site.connect(as: client)
            await #expect(throws: Self.closed) { try await KMIPConversation(over: again, version: .v14).locate() }
        }

        @Test func aCertificateThatExpiresIsRefusedFromThenOn() async throws {
            let site = try await StandingSite.site()
            let now = Int64(Date().timeIntervalSince1970)
            let validity = CertificateValidity(notBefore: now - 60, notAfter: now + 6)
            let client = try await site.registeredClient("short-lived", validity: validity)
            let connection = try await site.connect(as: client)
            let conversation = KMIPConversation(over: connection, version: .v14)
            _ = try await conversation.createKey()
            while Int64(Date().timeIntervalSince1970) <= validity.notAfter + 1 {
                try await Task.sleep(for: .milliseconds(200))
            }
            await #expect(throws: Self.closed) { try await conversation.createKey() }
            let again = try await site.connect(as: client)
            await #expect(throws: Self.closed) { try await KMIPConversation(over: again, version: .v14).createKey() }
        }

        @Test func anExpiredCertificateIsNotRegistered() async throws {
            let site = try await StandingSite.site()
            let now = Int64(Date().timeIntervalSince1970)
            let validity = CertificateValidity(notBefore: now - 200, notAfter: now - 100)
            await #expect(throws: (any Error).self) {
                try await site.registeredClient("expired", validity: validity)
            }
        }

        /// A resumed session is made without showing the certificate again, and is served as the client that did.
        @Test(.enabled(if: ServiceRequirement.openSSL.isMet), arguments: ["-tls1_2", "-tls1_3"])
        func aResumedSessionIsTheSameClient(version: String) async throws {
            let site = try await StandingSite.site()
            let client = try await site.registeredClient("resuming\(version)")
            let folder = try TLSTestPeers.TemporaryFolder()
            let session = folder.path("session")
            let options = ["s_client", "-connect", "127.0.0.1:\(site.gatewayPorts[0])", version]
            let identity = try folder.openSSLArguments(for: client.identity, named: "client")
            // Query Server Information. No byte of it is above 127.
            let query = Wire.message(Wire.header(), Wire.batchItem(0x18, Wire.enumeration(0x420074, 3)))
            func ask(_ arguments: [String]) async throws -> String {
                let process = try OpenSSLProcess(options + arguments, in: folder)
                try await process.waitForOutput("Verify return code")
                try process.send(String(decoding: query, as: UTF8.self))
                try await process.waitForOutput("Keyferry")
                try process.closeInput()
                return try await process.waitForEnd()
            }
            #expect(try await ask(identity + ["-sess_out", session]).contains("New, "))
            // The certificate is in the session; it is not given this time.
            for _ in 0..<2 {
                #expect(try await ask(["-sess_in", session, "-sess_out", session]).contains("Reused, "))
            }
        }

        /// Whatever the identifier looks like. Keys of another instance are answered alike: see `InstanceCommands`.
        @Test func aKeyThatDoesNotExistIsNotFound() async throws {
            let site = try await StandingSite.site()
            try await site.conversing(as: try site.firstClient()) { kmip in
                for identifier in ["1", "00000000-0000-4000-8000-000000000000", String(repeating: "x", count: 1_000)] {
                    await #expect(throws: KMIPClientError(.operationFailed(.itemNotFound))) {
                        try await kmip.get(identifier)
                    }
                }
            }
        }
    }
}
