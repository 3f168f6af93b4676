import Cryptography
import KMIPClient
import KMIPServer
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import TLSTestPeers
import TLSTransport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct KMIPListenerTests {
    private func connect(_ server: KMIPTestServer, as identity: TLSIdentity? = nil) async throws -> KMIPConnection {
        try await KMIPConnection.connect(
            to: KMIPConnectionOptions(host: "127.0.0.1", port: server.port),
            tls: TLSContext(client: Self.clientConfiguration(identity)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton
        )
    }

    private static func clientConfiguration(_ identity: TLSIdentity?) throws -> TLSClientConfiguration {
        TLSClientConfiguration(
            identity: identity,
            trust: .authorities([try TestIdentities.servers().certificate], serverName: "127.0.0.1")
        )
    }

    private func connectPlainly(_ server: KMIPTestServer) async throws -> TLSTestClient {
        try await TLSTestClient(port: server.port, Self.clientConfiguration(try TestIdentities.client()))
    }

    @Test func answersRequestsOfOneConnectionInOrder() async throws {
        let server = try await KMIPTestServer()
        let identity = try TestIdentities.client()
        let connection = try await connect(server, as: identity)
        for number in UInt8(0)..<10 {
            let content = [UInt8](repeating: number, count: 16)
            let answer = try await connection.exchange(Frames.box(Frames.request(content)))
            #expect(Frames.bytes(answer) == Frames.response(content))
        }
        await connection.close()
        let line = try #require(try await server.endedConnections().first)
        #expect(line.reason == "finished")
        #expect(line.metadata["requests"]?.description == "10")
        #expect(line.metadata["address"]?.description == "127.0.0.1")
        #expect(line.metadata["fingerprint"]?.description == identity.certificate.fingerprintText)
    }

    @Test func answersRequestsThatComeTogetherAndInPieces() async throws {
        let server = try await KMIPTestServer()
        let contents = (UInt8(0)..<5).map { [UInt8](repeating: $0, count: 8 * Int($0)) }
        let client = try await connectPlainly(server)
        // Three at once with the beginning of a fourth, then the rest in pieces that fit nowhere.
        let stream = contents.flatMap(Frames.request)
        let expected = contents.flatMap(Frames.response)
        let firstThree = contents.prefix(3).flatMap(Frames.request).count
        try await client.send(Array(stream.prefix(firstThree + 3)))
        for byte in stream.dropFirst(firstThree + 3) {
            try await client.send([byte])
        }
        #expect(await client.receive(expected.count) == expected)
        try await client.close()
    }

    @Test func takesARequestOfTheLargestSize() async throws {
        let server = try await KMIPTestServer { $0.maximumMessageByteCount = 100_008 }
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8)) }
        let connection = try await connect(server, as: try TestIdentities.client())
        let answer = try await connection.exchange(Frames.box(Frames.request(content)))
        #expect(Frames.bytes(answer) == Frames.response(content))
        await connection.close()
    }

    @Test func answersAfterTheClientsHalfClosure() async throws {
        let server = try await KMIPTestServer()
        let client = try await connectPlainly(server)
        try await client.send(Frames.request([1, 2, 3, 4, 5, 6, 7, 8]))
        try await client.channel.close(mode: .output)
        #expect(await client.untilEnd().received == Frames.response([1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(try await server.endedConnections().map(\.reason) == ["finished"])
    }

    // MARK: Refusals

    @Test func refusesAtTheFirstRequestAndNotBefore() async throws {
        var handler = ScriptedHandler()
        handler.admission = { _ in
            .refuseAtFirstRequest(KMIPCloseReason(.notRegistered, "not registered", level: .notice))
        }
        handler.answer = { _, _ in .close(KMIPCloseReason(.notRegistered, "was asked")) }
        let server = try await KMIPTestServer(handler)

        let looking = try await connect(server)
        #expect(looking.session.peerCertificate == (try TestIdentities.server().certificate))
        await looking.close()
        #expect(try await server.endedConnections().map(\.reason) == ["finished"])

        // One that comes again is refused again, and has had its line.
        let other = try TestIdentities.makeClient(.p256, named: "other", extendedKeyUsage: [])
        let identities = [try TestIdentities.client(), other]
        for identity in [identities[0], identities[0], identities[0], identities[1]] {
            let asking = try await connect(server, as: identity)
            await #expect(throws: KMIPClientError(.connectionClosed)) {
                try await asking.exchange(Frames.box(Frames.request()))
            }
        }
        let lines = try await server.endedConnections(3).dropFirst()
        #expect(lines.allSatisfy { $0.message.contains("not registered") && $0.level == .notice })
        #expect(
            lines.map { $0.metadata["fingerprint"]?.description } == identities.map(\.certificate.fingerprintText)
        )
    }

    @Test func closesAtOnceWhenTheHandlerSaysSo() async throws {
        var handler = ScriptedHandler()
        handler.admission = { _ in .close(KMIPCloseReason(.unhealthy, "no worker")) }
        let server = try await KMIPTestServer(handler)
        let client = try await connectPlainly(server)
        let events = await client.untilEnd()
        #expect(events.sessions.count == 1)
        #expect(events.failures == [])
        #expect(try await server.endedConnections().map(\.reason) == ["unhealthy"])
    }

    @Test func closesAfterTheLastAnswer() async throws {
        var handler = ScriptedHandler()
        handler.answer = { _, _ in
            guard let response = try? Frames.box(Frames.response()) else {
                return .close(KMIPCloseReason(.secureMemoryExhausted, "test"))
            }
            return .sendAndClose(response, KMIPCloseReason(.certificateRemoved, "removed"))
        }
        let server = try await KMIPTestServer(handler)
        let client = try await connectPlainly(server)
        try await client.send(Frames.request())
        let events = await client.untilEnd()
        #expect(events.received == Frames.response())
        #expect(events.failures == [])
        #expect(try await server.endedConnections().map(\.reason) == ["certificateRemoved"])
    }

    // MARK: Bad input

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\n\r\n".utf8),
        [0x41],
        // Response Message in place of Request Message.
        [0x42, 0x00, 0x7B, 0x01, 0x00, 0x00, 0x00, 0x00],
        // An Integer, not a Structure.
        [0x42, 0x00, 0x78, 0x02, 0x00, 0x00, 0x00, 0x04],
        // A length that is no multiple of eight.
        [0x42, 0x00, 0x78, 0x01, 0x00, 0x00, 0x00, 0x09],
    ])
    func closesOnGarbageAfterTheHandshake(bytes: [UInt8]) async throws {
        let server = try await KMIPTestServer()
        let client = try await connectPlainly(server)
        try await client.send(bytes)
        #expect(await client.untilEnd().received == [])
        #expect(try await server.endedConnections().map(\.reason) == ["notKMIP"])
    }

    @Test func answersWhatCameBeforeTheGarbage() async throws {
        let server = try await KMIPTestServer()
        let client = try await connectPlainly(server)
        try await client.send(Frames.request() + Array("garbage".utf8))
        #expect(await client.untilEnd().received == Frames.response())
        #expect(try await server.endedConnections().map(\.reason) == ["notKMIP"])
    }

    @Test func closesOnARequestThatIsTooLarge() async throws {
        let server = try await KMIPTestServer { $0.maximumMessageByteCount = 1 << 20 }
        let client = try await connectPlainly(server)
        // 1 MiB of content, and the header makes it too much.
        try await client.send([0x42, 0x00, 0x78, 0x01, 0x00, 0x10, 0x00, 0x00])
        #expect(await client.untilEnd().received == [])
        let line = try #require(try await server.endedConnections().first)
        #expect(line.reason == "requestTooLarge")
        #expect(line.level == .notice)
    }

    @Test func cutsOffARequestThatDripsIn() async throws {
        let server = try await KMIPTestServer { $0.readTimeout = .milliseconds(300) }
        let client = try await connectPlainly(server)
        // Each byte alone comes soon after the one before; the whole never comes.
        let dripping = Task {
            try await client.send([0x42, 0x00, 0x78, 0x01, 0x00, 0x00, 0xFF, 0xF8])
            while !Task.isCancelled {
                try await client.send([0])
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        #expect(await client.untilEnd().received == [])
        dripping.cancel()
        #expect(try await server.endedConnections().map(\.reason) == ["unfinishedRequest"])
    }

    @Test func closesAnIdleConnection() async throws {
        let server = try await KMIPTestServer { $0.idleTimeout = .milliseconds(200) }
        let client = try await connectPlainly(server)
        #expect(await client.untilEnd().failures == [])
        #expect(try await server.endedConnections().map(\.reason) == ["idle"])
    }

    @Test func closesAConnectionThatSpeaksNoTLS() async throws {
        let server = try await KMIPTestServer()
        let garbage = try await RawClient(port: server.port)
        try await garbage.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        try await garbage.waitForClose()
        #expect(try await server.endedConnections().map(\.reason) == ["tlsFailed"])
    }

    @Test func closesAConnectionThatSaysNothing() async throws {
        let server = try await KMIPTestServer { $0.handshakeTimeout = .milliseconds(200) }
        let silent = try await RawClient(port: server.port)
        try await silent.waitForClose()
        #expect(try await server.endedConnections().map(\.reason) == ["tlsFailed"])
    }

    @Test func aRequestThatSecureMemoryCannotHoldEndsItsConnectionOnly() async throws {
        let server = try await KMIPTestServer {
            $0.maximumMessageByteCount = 1 << 30
            $0.secureMemoryByteCount = 1 << 30
        }
        let client = try await connectPlainly(server)
        // 512 MiB, more than the arena has, and as much of it as the listener takes.
        try await client.send([0x42, 0x00, 0x78, 0x01, 0x20, 0x00, 0x00, 0x00])
        let piece = [UInt8](repeating: 7, count: 1 << 18)
        for _ in 0..<64 {
            guard (try? await client.send(piece)) != nil else { break }
        }
        _ = await client.untilEnd()
        let line = try #require(try await server.endedConnections().first)
        #expect(line.reason == "secureMemoryExhausted")
        #expect(line.level == .error)
        let other = try await connect(server)
        #expect(Frames.bytes(try await other.exchange(Frames.box(Frames.request()))) == Frames.response())
    }

    /// However many connections it makes: what a client does not finish takes its share and no more.
    @Test func aClientTakesNoMoreThanItsShareOfSecureMemory() async throws {
        // A client alone gets 128 KiB, and 64 KiB are left for the others.
        let server = try await KMIPTestServer {
            $0.maximumMessageByteCount = 1 << 16
            $0.secureMemoryByteCount = 192 << 10
        }
        // 16 KiB of a message of 64 KiB.
        let part = [0x42, 0x00, 0x78, 0x01, 0x00, 0x00, 0xFF, 0xF0] + [UInt8](repeating: 7, count: 16_000)
        var greedy: [TLSTestClient] = []
        for _ in 0..<12 {
            let client = try await connectPlainly(server)
            try await client.send(part)
            greedy.append(client)
        }
        // Six hold 96 KiB; to take in one more takes another 40 for a moment.
        let refused = try await server.endedConnections(6)
        #expect((6..<12).contains(refused.count))
        #expect(refused.allSatisfy { $0.reason == "memoryShareExceeded" && $0.level == .warning })

        let other = try await connect(server, as: try TestIdentities.makeClient(.p256, named: "other"))
        let content = [UInt8](repeating: 5, count: 8_000)
        #expect(Frames.bytes(try await other.exchange(Frames.box(Frames.request(content)))) == Frames.response(content))

        for client in greedy { try? await client.close() }
        _ = try await server.endedConnections(12)
        let again = try await connect(server, as: try TestIdentities.client())
        #expect(Frames.bytes(try await again.exchange(Frames.box(Frames.request(content)))) == Frames.response(content))
    }

    /// Or a client could have any number of requests in memory by ending their connections.
    @Test func aRequestCountsUntilItIsAnsweredWhetherItsConnectionLastsOrNot() async throws {
        let held = HeldEcho()
        // A client alone gets 128 KiB: one request of 64 KiB while it comes in, but not beside another.
        let server = try await KMIPTestServer(held.handler) {
            $0.maximumMessageByteCount = 1 << 16
            $0.secureMemoryByteCount = 192 << 10
        }
        let content = [UInt8](repeating: 7, count: 65_520)
        let first = try await connectPlainly(server)
        try await first.send(Frames.request(content))
        for await _ in held.begun { break }
        server.listener.closeConnections(because: KMIPCloseReason(.certificateRemoved, "test")) { _ in true }
        _ = try await server.endedConnections()

        let second = try await connectPlainly(server)
        try? await second.send(Frames.request(content))
        #expect(try await server.endedConnections(2).map(\.reason) == ["certificateRemoved", "memoryShareExceeded"])

        held.release()
        var answer: [UInt8]?
        for _ in 0..<100 where answer == nil {
            let again = try await connect(server, as: try TestIdentities.client())
            answer = (try? await again.exchange(Frames.box(Frames.request(content)))).map(Frames.bytes)
            await again.close()
            if answer == nil { try await Task.sleep(for: .milliseconds(50)) }
        }
        #expect(answer == Frames.response(content))
    }

    @Test func answersNoMoreThanTheClientTakes() async throws {
        let begun = Mutex(0)
        let content = [UInt8](repeating: 5, count: 1 << 18)
        var handler = ScriptedHandler()
        handler.answer = { _, _ in
            begun.withLock { $0 += 1 }
            guard let response = try? Frames.box(Frames.response(content)) else {
                return .close(KMIPCloseReason(.secureMemoryExhausted, "test"))
            }
            return .send(response)
        }
        // 128 MiB of responses, far more than the sockets' buffers hold.
        let server = try await KMIPTestServer(handler) { $0.readTimeout = .milliseconds(500) }
        let client = try await connectPlainly(server)
        #expect(await client.session() != nil)
        try await client.channel.setOption(.autoRead, value: false).get()
        try await client.send([[UInt8]](repeating: Frames.request(), count: 512).flatMap(\.self))
        #expect(try await server.endedConnections().map(\.reason) == ["responseNotTaken"])
        #expect(begun.withLock { $0 } < 512)
    }

    // MARK: Many connections

    @Test func servesManyConnectionsAtOnce() async throws {
        let server = try await KMIPTestServer()
        let identity = try TestIdentities.client()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let content = [UInt8](repeating: UInt8(number), count: 64)
                    let connection = try await connect(server, as: identity)
                    for _ in 0..<5 {
                        let answer = try await connection.exchange(Frames.box(Frames.request(content)))
                        guard Frames.bytes(answer) == Frames.response(content) else { return false }
                    }
                    await connection.close()
                    return true
                }
            }
            for try await isRight in group {
                #expect(isRight)
            }
        }
        #expect(try await server.endedConnections(64).map(\.reason) == [String](repeating: "finished", count: 64))
        #expect(server.listener.connectionCount == 0)
    }

    @Test func closesConnectionsOverTheLimit() async throws {
        let server = try await KMIPTestServer { $0.maximumConnections = 2 }
        let first = try await connect(server)
        let second = try await connect(server)
        #expect(server.listener.connectionCount == 2)
        await #expect(throws: KMIPClientError.self) { _ = try await connect(server) }
        #expect(server.log.all.contains { $0.level == .warning && $0.message.contains("the limit") })

        await first.close()
        _ = try await server.endedConnections()
        let third = try await connect(server)
        for connection in [second, third] {
            let answer = try await connection.exchange(Frames.box(Frames.request()))
            #expect(Frames.bytes(answer) == Frames.response())
            await connection.close()
        }
    }

    /// Connections that no client is behind never keep one out.
    @Test func aConnectionThatWasNotAdmittedMakesRoom() async throws {
        let server = try await KMIPTestServer { $0.maximumConnections = 4 }
        let first = try await connect(server)
        var silent: [RawClient] = []
        for _ in 0..<3 { silent.append(try await RawClient(port: server.port)) }
        let second = try await connect(server)
        try await silent[0].waitForClose()
        #expect(try await server.endedConnections().map(\.reason) == ["displaced"])
        for connection in [first, second] {
            let answer = try await connection.exchange(Frames.box(Frames.request()))
            #expect(Frames.bytes(answer) == Frames.response())
            await connection.close()
        }
        for client in silent.dropFirst() { try await client.close() }
    }

    /// What a client sends before it is known, or beyond what is being answered, takes no secure memory.
    @Test func whatIsNotAskedForStaysEncrypted() async throws {
        let (release, releasing) = AsyncStream<Void>.makeStream()
        var handler = ScriptedHandler()
        handler.admission = { _ in
            for await _ in release { break }
            return .serve(instance: "kmip-test")
        }
        let server = try await KMIPTestServer(handler)
        let client = try await connectPlainly(server)
        #expect(await client.session() != nil)
        let request = Frames.request([UInt8](repeating: 3, count: 16_000))
        let before = SecureHeap.usedByteCount
        for _ in 0..<32 { try await client.send(request) }
        try await Task.sleep(for: .milliseconds(200))
        #expect(SecureHeap.usedByteCount - before < 1 << 16)
        releasing.finish()
        let answers = await client.receive(32 * request.count)
        #expect(
            answers
                == [[UInt8]](repeating: Frames.response([UInt8](repeating: 3, count: 16_000)), count: 32).flatMap(
                    \.self
                )
        )
        try await client.close()
    }

    @Test func closesTheConnectionsOfOneCertificate() async throws {
        let server = try await KMIPTestServer()
        let removed = try TestIdentities.makeClient(.p256, named: "removed")
        let kept = try await connect(server, as: try TestIdentities.client())
        let client = try await TLSTestClient(port: server.port, Self.clientConfiguration(removed))
        try await client.send(Frames.request())
        #expect(await client.receive(8) == Frames.response())

        let count = server.listener.closeConnections(
            because: KMIPCloseReason(.certificateRemoved, "the certificate was removed")
        ) { $0.certificate?.fingerprintSHA256 == removed.certificate.fingerprintSHA256 }
        #expect(count == 1)
        _ = await client.untilEnd()
        #expect(try await server.endedConnections().map(\.reason) == ["certificateRemoved"])
        #expect(Frames.bytes(try await kept.exchange(Frames.box(Frames.request()))) == Frames.response())
        await kept.close()
    }

    // MARK: Shutdown

    @Test func finishesWhatItIsAnsweringBeforeItStops() async throws {
        let held = HeldEcho()
        let server = try await KMIPTestServer(held.handler) { $0.shutdownGrace = .seconds(60) }
        let idle = try await connectPlainly(server)
        let busy = try await connect(server)
        async let answer = busy.exchange(Frames.box(Frames.request()))
        for await _ in held.begun { break }

        async let stopped: Void = server.stop()
        // The idle one is closed although the other is still waiting for its answer.
        #expect(await idle.untilEnd().failures == [])
        held.release()
        #expect(Frames.bytes(try await answer) == Frames.response())
        try await stopped
        #expect(server.listener.connectionCount == 0)
        #expect(server.log.all.compactMap(\.reason) == ["shutdown", "shutdown"])
        await #expect(throws: KMIPClientError(.cannotConnect)) { _ = try await connect(server) }
    }

    @Test func stopsWithItsServiceGroup() async throws {
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let listener = KMIPListener(
            configuration: KMIPServerConfiguration(host: "127.0.0.1", port: 0),
            tls: CurrentTLSContext(
                try TLSContext(
                    server: TLSServerConfiguration(
                        identity: TestIdentities.server(),
                        clientCertificates: .requested,
                        ciphers: .kmip
                    )
                )
            ),
            handler: ScriptedHandler(),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test"),
            onListening: { listening.yield($0) }
        )
        let group = ServiceGroup(services: [listener], logger: Logger(label: "test"))
        async let running: Void = group.run()
        for await port in ports {
            let client = try await TLSTestClient(port: port, Self.clientConfiguration(nil))
            try await client.send(Frames.request())
            #expect(await client.receive(8) == Frames.response())
            await group.triggerGracefulShutdown()
            #expect(await client.untilEnd().failures == [])
            break
        }
        try await running
    }

    @Test func stopsAfterItsGraceWhateverIsGoingOn() async throws {
        let (never, holding) = AsyncStream<Void>.makeStream()
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        var handler = ScriptedHandler()
        handler.answer = { request, _ in
            beginning.yield()
            for await _ in never { break }
            return Frames.echo(of: request)
        }
        let server = try await KMIPTestServer(handler) { $0.shutdownGrace = .milliseconds(200) }
        let busy = try await connectPlainly(server)
        try await busy.send(Frames.request())
        for await _ in begun { break }
        try await server.stop()
        #expect(server.listener.connectionCount == 0)
        #expect(await busy.untilEnd().received == [])
        holding.finish()
    }

    @Test func saysWhichPortIsInUse() async throws {
        let server = try await KMIPTestServer()
        let port = server.port
        await #expect(throws: KMIPServerError.self) {
            _ = try await KMIPTestServer { $0.port = port }
        }
    }
}
