import Cryptography
import KMIP
import KMIPClient
import KMIPFraming
import KMIPServer
import NIOCore
import NIOPosix
import TLSTestPeers
import TLSTransport
import TTLV
import Testing

@Suite(.timeLimit(.minutes(2)))
struct KMIPClientTests {
    private func connect(
        port: Int,
        host: String = "127.0.0.1",
        trust: TLSServerTrust? = nil,
        responseTimeout: TimeAmount = .seconds(60)
    ) async throws -> KMIPConnection {
        var options = KMIPConnectionOptions(host: host, port: port)
        options.responseTimeout = responseTimeout
        let trust = try trust ?? .authorities([TestIdentities.servers().certificate], serverName: nil)
        return try await KMIPConnection.connect(
            to: options,
            tls: TLSContext(client: TLSClientConfiguration(identity: TestIdentities.client(), trust: trust)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton
        )
    }

    /// A server that gives every request the same answer.
    private func server(answering item: ResponseItem) async throws -> KMIPTestServer {
        var handler = ScriptedHandler()
        handler.answer = { _, _ in
            let message = ResponseMessage(header: ResponseHeader(version: .v11, timeStamp: 1), items: [item])
            guard let box = try? Frames.box(message.bytes()) else {
                return .close(KMIPCloseReason(.secureMemoryExhausted, "test"))
            }
            return .send(box)
        }
        return try await KMIPTestServer(handler)
    }

    @Test func readsTheAnswerToAnOperation() async throws {
        let item = ResponseItem.success(
            .discoverVersions(DiscoverVersionsResponse(versions: [.v14, .v11])),
            identifier: nil
        )
        let server = try await server(answering: item)
        let conversation = KMIPConversation(over: try await connect(port: server.port), version: .v11)
        #expect(try await conversation.discoverVersions() == [.v14, .v11])
        await conversation.connection.close()
    }

    @Test func aGetBringsKeyMaterialInSecureMemory() async throws {
        let material = try Frames.box([UInt8](repeating: 0xA5, count: 32))
        let block = KeyBlock(format: .raw, value: KeyValue(.bytes(material)), algorithm: .aes, length: 256)
        let answer = GetResponse(uniqueIdentifier: "1", object: .symmetricKey(block))
        let server = try await server(answering: .success(.get(answer), identifier: nil))
        let conversation = KMIPConversation(over: try await connect(port: server.port), version: .v11)
        let response = try await conversation.get("1")
        guard case .symmetricKey(let received) = response.object, case .bytes(let secret) = received.value?.material
        else {
            Issue.record("no key")
            return
        }
        let box = try #require(secret as? SecretBox)
        #expect(Frames.bytes(box) == Frames.bytes(material))
        await conversation.connection.close()
    }

    /// The name may have addresses at which nobody listens.
    @Test func connectsByName() async throws {
        let server = try await KMIPTestServer()
        let connection = try await connect(port: server.port, host: "localhost")
        #expect(Frames.bytes(try await connection.exchange(Frames.box(Frames.request()))) == Frames.response())
        await connection.close()
    }

    @Test func anOperationThatIsRefusedHasItsReason() async throws {
        let server = try await server(
            answering: .failure(operation: .get, identifier: nil, reason: .itemNotFound, message: "no such object")
        )
        let conversation = KMIPConversation(over: try await connect(port: server.port), version: .v11)
        let error = await #expect(throws: KMIPClientError(.operationFailed(.itemNotFound))) {
            try await conversation.get("1")
        }
        #expect(error?.detail == "no such object")
        // The connection goes on.
        await #expect(throws: KMIPClientError(.operationFailed(.itemNotFound))) { try await conversation.get("2") }
        await conversation.connection.close()
    }

    @Test func anAnswerToAnotherOperationIsInvalid() async throws {
        let item = ResponseItem.success(.activate(ActivateResponse(uniqueIdentifier: "1")), identifier: nil)
        let server = try await server(answering: item)
        let conversation = KMIPConversation(over: try await connect(port: server.port), version: .v11)
        await #expect(throws: KMIPClientError(.invalidResponse)) { try await conversation.get("1") }
        await conversation.connection.close()
    }

    @Test func bytesThatAreNoMessageAreInvalid() async throws {
        var handler = ScriptedHandler()
        handler.answer = { request, _ in .send(request) }
        let server = try await KMIPTestServer(handler)
        let connection = try await connect(port: server.port)
        await #expect(throws: KMIPClientError(.invalidResponse)) {
            try await connection.exchange(Frames.box(Frames.request()))
        }
    }

    @Test func givesUpAfterItsTimeLimit() async throws {
        let (never, holding) = AsyncStream<Void>.makeStream()
        var handler = ScriptedHandler()
        handler.answer = { request, _ in
            for await _ in never { break }
            return Frames.echo(of: request)
        }
        let server = try await KMIPTestServer(handler)
        let connection = try await connect(port: server.port, responseTimeout: .milliseconds(200))
        await #expect(throws: KMIPClientError(.timedOut)) {
            try await connection.exchange(Frames.box(Frames.request()))
        }
        await #expect(throws: KMIPClientError(.timedOut)) {
            try await connection.exchange(Frames.box(Frames.request()))
        }
        holding.finish()
    }

    @Test func saysWhyItDoesNotConnect() async throws {
        let server = try await KMIPTestServer()
        let wrongPin = TLSServerTrust.pinned(fingerprintSHA256: [UInt8](repeating: 0, count: 32))
        let error = await #expect(throws: KMIPClientError(.tls(.peerCertificateNotPinned))) {
            _ = try await connect(port: server.port, trust: wrongPin)
        }
        #expect(error?.detail.contains(try TestIdentities.server().certificate.fingerprintText) == true)
        try await server.stop()
        await #expect(throws: KMIPClientError(.cannotConnect)) { _ = try await connect(port: server.port) }
    }

    @Test func answersOfRequestsMadeTogetherAreNotMixedUp() async throws {
        let server = try await KMIPTestServer()
        let connection = try await connect(port: server.port)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in UInt8(0)..<50 {
                group.addTask {
                    let content = [UInt8](repeating: number, count: 8)
                    let answer = try await connection.exchange(Frames.box(Frames.request(content)))
                    return Frames.bytes(answer) == Frames.response(content)
                }
            }
            for try await isRight in group {
                #expect(isRight)
            }
        }
        await connection.close()
    }
}
