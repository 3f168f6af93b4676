import Cryptography
import Foundation
import NIOCore
import TLSTestPeers
import TLSTransport
import Testing

/// Our server and client against the `openssl` command.
@Suite(.timeLimit(.minutes(2)))
struct TLSForeignPeerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func connect(_ server: TLSTestServer, _ arguments: [String]) throws -> OpenSSLProcess {
        try OpenSSLProcess(["s_client", "-connect", "127.0.0.1:\(server.port)"] + arguments, in: folder)
    }

    /// One exchange of a line, then an orderly end.
    private func converse(_ server: TLSTestServer, _ arguments: [String]) async throws -> [PeerEvent] {
        let client = try connect(server, arguments)
        try client.send("hello, server\n")
        try await client.waitForOutput("\nhello, server\n")
        try client.closeInput()
        try await client.waitForEnd()
        return await server.nextConnection()
    }

    @Test(arguments: ["AES128-SHA256", "AES256-SHA256", "AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"])
    func speaksTheSuitesOfTLS12(suite: String) async throws {
        let server = try await TLSTestServer(TLSHandlerTests.serverConfiguration(), plaintext: SecretBox.self)
        let identity = try TestIdentities.client()
        let arguments = try folder.openSSLArguments(for: identity, named: "client")
        let events = try await converse(server, ["-tls1_2", "-cipher", suite] + arguments)
        let session = try #require(events.sessions.first)
        #expect(session.version == .tls12)
        #expect(session.cipherSuite == suite)
        #expect(session.peerCertificate?.fingerprintSHA256 == identity.certificate.fingerprintSHA256)
        #expect(events.failures == [])
    }

    @Test func prefersForwardSecrecyWhateverTheClientPrefers() async throws {
        let server = try await TLSTestServer(TLSHandlerTests.serverConfiguration())
        let offered = "AES128-SHA256:AES256-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
        let events = try await converse(server, ["-tls1_2", "-cipher", offered])
        #expect(events.sessions.first?.cipherSuite == "ECDHE-RSA-AES128-GCM-SHA256")
    }

    @Test func speaksTLS13WithoutAClientCertificate() async throws {
        let server = try await TLSTestServer(TLSHandlerTests.serverConfiguration())
        let events = try await converse(server, ["-tls1_3"])
        let session = try #require(events.sessions.first)
        #expect(session.version == .tls13)
        #expect(session.peerCertificate == nil)
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func aResumedSessionKeepsTheClientsIdentity(version: TLSVersion) async throws {
        let server = try await TLSTestServer(TLSHandlerTests.serverConfiguration())
        let identity = try TestIdentities.client()
        let option = version == .tls12 ? "-tls1_2" : "-tls1_3"
        let arguments = try [option] + folder.openSSLArguments(for: identity, named: "client")
        let session = folder.path("session")

        let first = try await converse(server, arguments + ["-sess_out", session])
        #expect(first.sessions.first?.isResumed == false)
        for _ in 0..<2 {
            let events = try await converse(server, arguments + ["-sess_in", session, "-sess_out", session])
            let resumed = try #require(events.sessions.first)
            #expect(resumed.isResumed)
            #expect(resumed.version == version)
            #expect(resumed.peerCertificate?.fingerprintSHA256 == identity.certificate.fingerprintSHA256)
        }
    }

    @Test(arguments: [TLSVersion.tls12, .tls13])
    func aSessionWithoutAClientCertificateIsNotResumed(version: TLSVersion) async throws {
        let server = try await TLSTestServer(TLSHandlerTests.serverConfiguration())
        let option = version == .tls12 ? "-tls1_2" : "-tls1_3"
        let session = folder.path("session")
        _ = try await converse(server, [option, "-sess_out", session])

        let identity = try folder.openSSLArguments(for: TestIdentities.client(), named: "client")
        let events = try await converse(server, [option, "-sess_in", session] + identity)
        let second = try #require(events.sessions.first)
        #expect(!second.isResumed)
        #expect(second.peerCertificate != nil)
    }

    @Test func refusesRenegotiation() async throws {
        let server = try await TLSTestServer(TLSHandlerTests.serverConfiguration())
        let client = try connect(server, ["-tls1_2"])
        try client.send("first\n")
        try await client.waitForOutput("\nfirst\n")
        try client.send("R\n")
        try await client.waitForOutput("no renegotiation")
    }

    @Test(arguments: ["-tls1", "-tls1_1"])
    func refusesOlderVersions(option: String) async throws {
        let server = try await TLSTestServer(TLSHandlerTests.serverConfiguration())
        let client = try connect(server, [option, "-cipher", "DEFAULT:@SECLEVEL=0"])
        try await client.waitForEnd()
        #expect(await server.nextConnection().failures == [.protocolVersion])
    }

    @Test func refusesAClientWithoutACommonSuite() async throws {
        let server = try await TLSTestServer(TLSHandlerTests.serverConfiguration(ciphers: .modern))
        let client = try connect(server, ["-tls1_2", "-cipher", "AES128-SHA256"])
        try await client.waitForEnd()
        #expect(await server.nextConnection().failures == [.noCommonCipher])
    }

    @Test(arguments: [["-tls1_2", "-cipher", "AES128-SHA256"], ["-tls1_3"]])
    func ourClientSpeaksToAForeignServer(options: [String]) async throws {
        let port = try await FreePort.find()
        let identity = try TestIdentities.client()
        let arguments = try folder.openSSLArguments(for: TestIdentities.server(), named: "server")
        let server = try OpenSSLProcess(
            ["s_server", "-accept", "127.0.0.1:\(port)", "-verify", "1", "-rev"] + arguments + options,
            in: folder
        )
        try await server.waitForOutput("ACCEPT")
        let client = try await TLSTestClient(port: port, TLSHandlerTests.clientConfiguration(identity))
        // `-rev` sends every line back reversed.
        #expect(try await client.exchange(Array("abc\n".utf8)) == Array("cba\n".utf8))
        try await client.close()
        #expect(server.output.contains("CN = client") || server.output.contains("CN=client"))
    }
}
