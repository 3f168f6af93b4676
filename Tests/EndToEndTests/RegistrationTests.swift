import Cryptography
import Foundation
import KMIP
import KMIPClient
import PipelineSite
import TLSTransport
import Testing

extension EndToEnd {
    /// Who is let in: by the fingerprint of a certificate whose key the handshake has proven.
    @Suite struct Registration {
        private static let closed = KMIPClientError(.connectionClosed)

        /// The handshake completes, as vCenter needs it to fetch the server's certificate, and the first request ends it.
        @Test func withoutACertificateOnlyTheHandshakeSucceeds() async throws {
            let site = try await StandingSite.site()
            let end = try await site.endOfConnection {
                let connection = try await site.connect(as: nil)
                let certificate = connection.session.peerCertificate
                #expect(certificate?.fingerprintSHA256 == (try site.gatewayCertificate().fingerprintSHA256))
                await #expect(throws: Self.closed) {
                    try await KMIPConversation(over: connection, version: .v11).discoverVersions()
                }
            }
            #expect(end.contains("the client presented no certificate"), "\(end)")
            #expect(end.field("reason") == "noCertificate" && end.field("fingerprint") == "none", "\(end)")
            #expect(end.field("requests") == "0", "\(end)")
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
            // By its fingerprint: the live connection first, then the one that was made too late.
            let live = try await site.waitForConnectionEnds(1, of: client)
            #expect(live.compactMap { $0.field("reason") } == ["certificateRemoved"], "\(live)")
            let again = try await site.connect(as: client)
            await #expect(throws: Self.closed) { try await KMIPConversation(over: again, version: .v14).createKey() }
            let late = try await site.waitForConnectionEnds(2, of: client).dropFirst()
            #expect(late.compactMap { $0.field("reason") } == ["certificateExpired"], "\(late)")
            #expect(late.allSatisfy { $0.contains("the client's certificate has expired") }, "\(late)")
            #expect(late.allSatisfy { $0.field("requests") == "0" }, "\(late)")
        }

        @Test func anExpiredCertificateIsNotRegistered() async throws {
            let site = try await StandingSite.site()
            let now = Int64(Date().timeIntervalSince1970)
            let validity = CertificateValidity(notBefore: now - 200, notAfter: now - 100)
            await #expect(throws: (any Error).self) {
                try await site.registeredClient("expired", validity: validity)
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
