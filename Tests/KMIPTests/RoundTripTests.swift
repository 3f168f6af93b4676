import KMIP
import TTLV
import Testing

/// What was written is read, and written again is the same; in every version.
struct RoundTripTests {
    @Test(arguments: ProtocolVersion.supported)
    func requests(_ version: ProtocolVersion) throws {
        let sent = SampleMessages.request(version).bytes()
        let received = try ReceivedRequest(decoding: sent.span.bytes, makeSecret: TestSecret.factory)
        // A client of 1.0 that sends a Device credential, or Discover Versions, breaks its own version's rules: what
        // is written of them is read as unsupported.
        let items = try received.items.map { RequestItem(try $0.payload.get(), identifier: $0.identifier) }
        let again = RequestMessage(header: received.header, items: items)
        #expect(items.count == SampleMessages.requestPayloads.count)
        if version > .v10 { #expect(again.bytes() == sent) }
    }

    @Test(arguments: ProtocolVersion.supported)
    func responses(_ version: ProtocolVersion) throws {
        let sent = SampleMessages.response(version).bytes()
        let received = try ResponseMessage(decoding: sent.span.bytes, makeSecret: TestSecret.factory)
        #expect(received.items.count == SampleMessages.responsePayloads.count + 1)
        #expect(received.bytes() == sent)
    }

    @Test func writingIntoABufferIsTheSame() {
        let message = SampleMessages.response(.v14)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: message.encodedSize, alignment: 8)
        defer { buffer.deallocate() }
        message.encode(into: buffer)
        #expect([UInt8](buffer) == message.bytes())
    }

    /// A credential of a type that is not known is passed over, and can't be written: what is written without it can be read.
    @Test func aCredentialOfAnUnknownTypeIsLeftOut() throws {
        let known = Credential(username: "user", password: nil)
        var unknown = known
        unknown.type = CredentialType(rawValue: 0x7777)
        unknown.value = .unknown
        for (credentials, expected) in [([unknown], 0), ([unknown, known], 1)] {
            var header = RequestHeader(version: .v14)
            header.credentials = credentials
            let payload = RequestPayload.discoverVersions(DiscoverVersionsRequest())
            let bytes = RequestMessage(header: header, items: [RequestItem(payload)]).bytes()
            let received = try ReceivedRequest(decoding: bytes.span.bytes, makeSecret: TestSecret.factory)
            #expect(received.header.credentials.count == expected)
        }
    }

    @Test func theLatestVersionKeepsEverything() throws {
        let sent = SampleMessages.request(.v14).bytes()
        let received = try ReceivedRequest(decoding: sent.span.bytes, makeSecret: TestSecret.factory)
        #expect(received.header.clientCorrelationValue == "client")
        #expect(received.header.attestationTypes == [.tpmQuote])
        #expect(received.header.credentials.count == 2)
        #expect(received.header.batchErrorContinuation == .continue)
        guard case .success(.create(let create)) = received.items[0].payload else {
            Issue.record("not Create")
            return
        }
        #expect(create.template.attributes == SampleMessages.attributes)
        #expect(create.template.templateNames == [ObjectName("t", type: .uri)])
    }
}
