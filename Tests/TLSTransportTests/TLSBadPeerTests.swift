import Cryptography
import NIOCore
import NIOEmbedded
import TLSTestPeers
import TLSTransport
import Testing

/// What a server does with peers that are broken or hostile.
@Suite(.timeLimit(.minutes(2)))
struct TLSBadPeerTests {
    private func makeServer(
        handshakeTimeout: TimeAmount = .seconds(30)
    ) async throws -> TLSTestServer {
        try await TLSTestServer(
            TLSHandlerTests.serverConfiguration(),
            handler: TLSHandlerConfiguration(handshakeTimeout: handshakeTimeout, allowsHalfClosure: true)
        )
    }

    @Test(arguments: ["GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}"])
    func garbageInPlaceOfAHandshakeIsNotTLS(text: String) async throws {
        let server = try await makeServer()
        let client = try await RawClient(port: server.port)
        try await client.send(Array(text.utf8))
        try await client.waitForClose()
        #expect(await server.nextConnection().failures == [.notTLS])
    }

    @Test func aHandshakeThatIsHeldOpenIsCutOff() async throws {
        let server = try await makeServer(handshakeTimeout: .milliseconds(200))
        let silent = try await RawClient(port: server.port)
        try await silent.waitForClose()
        #expect(await server.nextConnection().failures == [.handshakeTimeout])

        // The beginning of a record of 512 bytes that never comes.
        let slow = try await RawClient(port: server.port)
        try? await slow.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        try await slow.waitForClose()
        #expect(await server.nextConnection().failures == [.handshakeTimeout])
    }

    @Test func aConnectionClosedInItsHandshakeIsReported() async throws {
        let server = try await makeServer()
        let client = try await RawClient(port: server.port)
        try await client.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        try await client.close()
        #expect(await server.nextConnection().failures == [.closedDuringHandshake])
    }

    @Test func garbageAfterTheHandshakeBreaksTheProtocol() async throws {
        let server = try await makeServer()
        let client = try await TLSTestClient(port: server.port, TLSHandlerTests.clientConfiguration(nil))
        #expect(try await client.exchange([1]) == [1])
        try await sendBelowTLS(Array("garbage, no record".utf8), client)
        #expect(await server.nextConnection().failures == [.protocolViolation])
        #expect(await client.untilEnd().failures.count == 1)
    }

    @Test func aForgedRecordBreaksTheProtocol() async throws {
        let server = try await makeServer()
        let client = try await TLSTestClient(port: server.port, TLSHandlerTests.clientConfiguration(nil))
        #expect(try await client.exchange([1]) == [1])
        // application_data, TLS 1.2 on the wire, 32 bytes that no key has sealed.
        try await sendBelowTLS([0x17, 0x03, 0x03, 0x00, 0x20] + [UInt8](repeating: 0xA5, count: 32), client)
        #expect(await server.nextConnection().failures == [.protocolViolation])
        #expect(await client.untilEnd().failures == [.alertReceived(20)])  // bad_record_mac
    }

    @Test func anEndWithoutCloseNotifyIsATruncation() async throws {
        let server = try await makeServer()
        let client = try await TLSTestClient(port: server.port, TLSHandlerTests.clientConfiguration(nil))
        #expect(try await client.exchange([1]) == [1])
        try await client.channel.eventLoop.submit {
            let handler = try client.channel.pipeline.syncOperations.context(handlerType: TLSHandler<ByteBuffer>.self)
            handler.close(promise: nil)
        }.get()
        #expect(await server.nextConnection().failures == [.truncated])
    }

    private func sendBelowTLS(_ bytes: [UInt8], _ client: TLSTestClient) async throws {
        try await client.channel.eventLoop.flatSubmit {
            do {
                let handler = try client.channel.pipeline.syncOperations
                    .context(handlerType: TLSHandler<ByteBuffer>.self)
                return handler.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)))
            } catch {
                return client.channel.eventLoop.makeFailedFuture(error)
            }
        }.get()
    }

    /// A whole handshake in memory, with bytes of the client's flights altered: every outcome is an error or an end.
    @Test func alteredHandshakesNeverCrash() throws {
        let server = try TLSContext(server: TLSHandlerTests.serverConfiguration())
        let client = try TLSContext(client: TLSHandlerTests.clientConfiguration(try TestIdentities.client()))
        var random = SplitMix64(state: 20_261_123)
        for _ in 0..<300 {
            try runAlteredHandshake(server: server, client: client, random: &random)
        }
    }

    private func runAlteredHandshake(
        server: TLSContext,
        client: TLSContext,
        random: inout SplitMix64
    ) throws {
        let serverSide = EmbeddedChannel(handler: try TLSHandler<SecretBox>(context: server))
        let clientSide = EmbeddedChannel(handler: try TLSHandler<ByteBuffer>(context: client))
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        try serverSide.connect(to: address).wait()
        try clientSide.connect(to: address).wait()
        clientSide.writeAndFlush(ByteBuffer(bytes: [1, 2, 3]), promise: nil)
        for _ in 0..<4 {
            while var flight = try clientSide.readOutbound(as: ByteBuffer.self) {
                if random.next() % 2 == 0, flight.readableBytes > 0 {
                    let index = flight.readerIndex + Int(random.next() % UInt64(flight.readableBytes))
                    flight.setInteger(UInt8(truncatingIfNeeded: random.next()), at: index)
                }
                _ = try? serverSide.writeInbound(flight)
            }
            while let flight = try serverSide.readOutbound(as: ByteBuffer.self) {
                _ = try? clientSide.writeInbound(flight)
            }
        }
        // A close waits for the peer's, until its limit.
        for side in [serverSide, clientSide] {
            side.close(promise: nil)
            side.embeddedEventLoop.advanceTime(by: .seconds(60))
            #expect(!side.isActive)
            _ = try? side.finish(acceptAlreadyClosed: true)
        }
    }
}

/// A small generator with a seed, so that a failure can be had again (Steele, Lea, Flood: "Fast splittable pseudorandom
/// number generators", 2014).
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
