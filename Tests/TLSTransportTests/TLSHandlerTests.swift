import Cryptography
import NIOCore
import TLSTestPeers
import TLSTransport
import Testing

/// Our server against our client, over loopback.
@Suite(.timeLimit(.minutes(2)))
struct TLSHandlerTests {
    static func serverConfiguration(
        _ policy: ClientCertificatePolicy = .requested,
        ciphers: TLSCipherPolicy = .kmip
    ) throws -> TLSServerConfiguration {
        TLSServerConfiguration(identity: try TestIdentities.server(), clientCertificates: policy, ciphers: ciphers)
    }

    static func clientConfiguration(_ identity: TLSIdentity?) throws -> TLSClientConfiguration {
        TLSClientConfiguration(
            identity: identity,
            trust: .authorities([try TestIdentities.servers().certificate], serverName: "localhost")
        )
    }

    /// Seven full records and a bit, with no two parts alike.
    static let longPlaintext = (0..<120_000).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8) ^ ($0 >> 16)) }

    @Test func echoesLongPlaintextAsBuffers() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration(), plaintext: ByteBuffer.self)
        try await expectEcho(from: server)
    }

    @Test func echoesLongPlaintextAsSecrets() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration(), plaintext: SecretBox.self)
        try await expectEcho(from: server)
    }

    private func expectEcho(from server: TLSTestServer) async throws {
        let identity = try TestIdentities.client()
        let client = try await TLSTestClient(port: server.port, Self.clientConfiguration(identity))
        #expect(try await client.exchange(Self.longPlaintext) == Self.longPlaintext)
        try await client.close()
        let events = await server.nextConnection()
        let session = try #require(events.sessions.first)
        #expect(session.peerCertificate?.fingerprintSHA256 == identity.certificate.fingerprintSHA256)
        #expect(session.version == .tls13)
        #expect(!session.isResumed)
        #expect(events.sessions.count == 1)
        #expect(events.received == Self.longPlaintext)
        // An orderly close: close_notify from both sides, and no failure.
        #expect(events.failures == [])
        #expect(events.contains { if case .inputClosed = $0 { true } else { false } })
    }

    @Test func clientSeesTheServersCertificate() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration())
        let client = try await TLSTestClient(port: server.port, Self.clientConfiguration(nil))
        let session = try #require(await client.session())
        try await client.close()
        #expect(session.peerCertificate == (try TestIdentities.server().certificate))
    }

    @Test func acceptsAClientWithoutCertificate() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration())
        let client = try await TLSTestClient(port: server.port, Self.clientConfiguration(nil))
        #expect(try await client.exchange([1, 2, 3]) == [1, 2, 3])
        try await client.close()
        let session = try #require(await server.nextConnection().sessions.first)
        #expect(session.peerCertificate == nil)
    }

    @Test func acceptsAnyClientCertificateByItsFingerprint() async throws {
        let now = TestIdentities.now
        let expired = try TestIdentities.makeClient(
            .p256,
            named: "expired",
            validity: CertificateValidity(notBefore: now - 1000, notAfter: now - 500),
            extendedKeyUsage: [.serverAuthentication]
        )
        let authorityKey = try PrivateKey.generate(.p256)
        let selfSigned = TLSIdentity(
            certificate: try CertificateAuthority.create(
                commonName: "kmipClient1",
                validity: .days(1, from: now),
                key: authorityKey
            ).certificate,
            privateKey: authorityKey
        )
        let server = try await TLSTestServer(Self.serverConfiguration())
        for identity in [expired, selfSigned] {
            let client = try await TLSTestClient(port: server.port, Self.clientConfiguration(identity))
            #expect(try await client.exchange([1]) == [1])
            try await client.close()
            let session = try #require(await server.nextConnection().sessions.first)
            #expect(session.peerCertificate?.fingerprintSHA256 == identity.certificate.fingerprintSHA256)
        }
    }

    @Test func aRequiredCertificateMustBeOfTheAuthority() async throws {
        let authority = try TestIdentities.operators().certificate
        let server = try await TLSTestServer(
            Self.serverConfiguration(.required(issuedBy: [authority]), ciphers: .modern)
        )
        let known = try TestIdentities.makeClient(.p256, named: "operator")
        let client = try await TLSTestClient(port: server.port, Self.clientConfiguration(known))
        #expect(try await client.exchange([1]) == [1])
        try await client.close()
        #expect(await server.nextConnection().failures == [])

        let foreign = try await TLSTestClient(
            port: server.port,
            Self.clientConfiguration(try TestIdentities.makeServer(.p256))
        )
        #expect(await foreign.untilEnd().failures.first == .alertReceived(48))  // unknown_ca
        #expect(await server.nextConnection().failures == [.peerCertificateRefused])

        let anonymous = try await TLSTestClient(port: server.port, Self.clientConfiguration(nil))
        #expect(await anonymous.untilEnd().failures.first == .alertReceived(116))  // certificate_required
        #expect(await server.nextConnection().failures == [.noPeerCertificate])
    }

    @Test func aPinnedServerIsKnownByItsFingerprintOnly() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration())
        let fingerprint = try TestIdentities.server().certificate.fingerprintSHA256
        let client = try await TLSTestClient(
            port: server.port,
            TLSClientConfiguration(identity: nil, trust: .pinned(fingerprintSHA256: fingerprint))
        )
        #expect(try await client.exchange([1]) == [1])
        try await client.close()

        let wrong = try await TLSTestClient(
            port: server.port,
            TLSClientConfiguration(identity: nil, trust: .pinned(fingerprintSHA256: Array(fingerprint.reversed())))
        )
        let events = await wrong.untilEnd()
        #expect(events.failures == [.peerCertificateNotPinned])
        #expect(events.sessions.isEmpty)
    }

    @Test(arguments: [("127.0.0.1", true), ("localhost", true), ("elsewhere", false), ("127.0.0.2", false)])
    func theServersNameIsChecked(name: String, isRight: Bool) async throws {
        let server = try await TLSTestServer(Self.serverConfiguration())
        let authority = try TestIdentities.servers().certificate
        let client = try await TLSTestClient(
            port: server.port,
            TLSClientConfiguration(identity: nil, trust: .authorities([authority], serverName: name))
        )
        if isRight {
            #expect(try await client.exchange([1]) == [1])
            try await client.close()
        } else {
            #expect(await client.untilEnd().failures == [.peerCertificateRefused])
        }
    }

    @Test func anUnknownAuthorityIsRefused() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration())
        let foreign = try TestIdentities.operators().certificate
        let client = try await TLSTestClient(
            port: server.port,
            TLSClientConfiguration(identity: nil, trust: .authorities([foreign], serverName: nil))
        )
        #expect(await client.untilEnd().failures == [.peerCertificateRefused])
        #expect(await server.nextConnection().failures == [.alertReceived(48)])
    }

    @Test func aKeyOfAnotherCertificateIsRefused() throws {
        let server = try TestIdentities.server()
        let identity = TLSIdentity(
            certificate: server.certificate,
            privateKey: try TestIdentities.client().privateKey
        )
        #expect(throws: TLSError(.identityRefused)) {
            try TLSContext(
                server: TLSServerConfiguration(identity: identity, clientCertificates: .requested, ciphers: .kmip)
            )
        }
    }

    @Test func aNewContextServesNewConnections() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration())
        let old = try await TLSTestClient(port: server.port, Self.clientConfiguration(nil))
        #expect(try await old.exchange([1]) == [1])

        let renewed = try TestIdentities.makeServer(.p256)
        server.tls.replace(
            with: try TLSContext(
                server: TLSServerConfiguration(identity: renewed, clientCertificates: .requested, ciphers: .kmip)
            )
        )
        let new = try await TLSTestClient(port: server.port, Self.clientConfiguration(nil))
        #expect(await new.session()?.peerCertificate == renewed.certificate)
        try await new.close()
        #expect(try await old.exchange([2]) == [2])
        try await old.close()
    }

    /// NIO's HTTP encoder writes IOData.
    @Test func takesIODataForByteBuffers() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration())
        let client = try await TLSTestClient(port: server.port, Self.clientConfiguration(nil))
        try await client.channel.writeAndFlush(IOData.byteBuffer(ByteBuffer(bytes: [1, 2, 3])))
        #expect(await client.receive(3) == [1, 2, 3])
        try await client.close()
    }

    @Test func halfClosureStillDeliversTheAnswer() async throws {
        let server = try await TLSTestServer(Self.serverConfiguration())
        let client = try await TLSTestClient(port: server.port, Self.clientConfiguration(nil))
        let sent = client.channel.write(ByteBuffer(bytes: Self.longPlaintext))
        try await client.channel.close(mode: .output)
        try await sent.get()
        let events = await client.untilEnd()
        #expect(events.received == Self.longPlaintext)
        #expect(events.failures == [])
    }
}
