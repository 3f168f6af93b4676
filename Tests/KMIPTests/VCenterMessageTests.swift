import KMIP
import TTLV
import Testing

/// The messages of a vCenter Server and the answers to them, byte by byte, read and written.
struct VCenterMessageTests {
    private func read(_ text: String) throws -> ReceivedRequest {
        let message = bytes(text)
        return try ReceivedRequest(decoding: message.span.bytes, makeSecret: TestSecret.factory)
    }

    private func identifier(_ counter: UInt8) -> [UInt8] {
        Array("QLKC".utf8) + [counter, 0, 0, 0]
    }

    private func response(_ items: ResponseItem...) -> ResponseMessage {
        ResponseMessage(header: ResponseHeader(version: .v11, timeStamp: 0x47DA_67F8), items: items)
    }

    @Test func discoverVersions() throws {
        let request = try read(VCenterBytes.discoverVersionsRequest)
        #expect(request.header.version == .v11)
        #expect(request.items.count == 1)
        #expect(request.items[0].identifier == nil)
        guard case .success(.discoverVersions(let payload)) = request.items[0].payload else {
            Issue.record("not Discover Versions")
            return
        }
        #expect(payload.versions.isEmpty)

        let answer = response(.success(.discoverVersions(DiscoverVersionsResponse(to: payload)), identifier: nil))
        #expect(answer.bytes() == bytes(VCenterBytes.discoverVersionsResponse))
        #expect(
            RequestMessage(version: .v11, .discoverVersions(payload)).bytes()
                == bytes(VCenterBytes.discoverVersionsRequest)
        )
    }

    @Test func create() throws {
        let request = try read(VCenterBytes.createRequest)
        #expect(request.items[0].operation == .create)
        #expect(request.items[0].identifier == identifier(1))
        guard case .success(.create(let payload)) = request.items[0].payload else {
            Issue.record("not Create")
            return
        }
        #expect(payload.objectType == .symmetricKey)
        #expect(
            payload.template.attributes == [
                Attribute(.cryptographicAlgorithm, .enumeration(CryptographicAlgorithm.aes.rawValue)),
                Attribute(.cryptographicUsageMask, .integer(CryptographicUsageMask([.encrypt, .decrypt]).rawValue)),
                Attribute(.cryptographicLength, .integer(256)),
            ]
        )
        let again = RequestMessage(
            header: request.header,
            items: [RequestItem(.create(payload), identifier: identifier(1))]
        )
        #expect(again.bytes() == bytes(VCenterBytes.createRequest))

        let created = CreateResponse(objectType: .symmetricKey, uniqueIdentifier: "key-1")
        let answer = response(.success(.create(created), identifier: identifier(1)))
        #expect(answer.bytes() == bytes(VCenterBytes.createResponse))
    }

    @Test func get() throws {
        let request = try read(VCenterBytes.getRequest)
        guard case .success(.get(let payload)) = request.items[0].payload else {
            Issue.record("not Get")
            return
        }
        #expect(payload.uniqueIdentifier == "key-1")

        let key = TestSecret([UInt8](0x10..<0x30))
        let block = KeyBlock(format: .raw, value: KeyValue(.bytes(key)), algorithm: .aes, length: 256)
        let got = GetResponse(uniqueIdentifier: "key-1", object: .symmetricKey(block))
        let answer = response(.success(.get(got), identifier: identifier(1)))
        #expect(answer.bytes() == bytes(VCenterBytes.getResponse))

        let message = bytes(VCenterBytes.getResponse)
        let received = try ResponseMessage(decoding: message.span.bytes, makeSecret: TestSecret.factory)
        guard case .get(let payload) = received.items[0].payload, case .symmetricKey(let block) = payload.object,
            case .bytes(let material) = block.value?.material
        else {
            Issue.record("no raw symmetric key")
            return
        }
        #expect(material.withUnsafeBytes { [UInt8]($0) } == key.content)
    }

    @Test func getAttributes() throws {
        let request = try read(VCenterBytes.getStateRequest)
        guard case .success(.getAttributes(let payload)) = request.items[0].payload else {
            Issue.record("not Get Attributes")
            return
        }
        #expect(payload.names == [.state])

        let state = Attribute(.state, .enumeration(ObjectState.preActive.rawValue))
        let found = GetAttributesResponse(uniqueIdentifier: "key-1", attributes: [state])
        let answer = response(.success(.getAttributes(found), identifier: identifier(1)))
        #expect(answer.bytes() == bytes(VCenterBytes.getStateResponse))

        let nothing = GetAttributesResponse(uniqueIdentifier: "key-1", attributes: [])
        let empty = response(.success(.getAttributes(nothing), identifier: identifier(1)))
        #expect(empty.bytes() == bytes(VCenterBytes.getMissingAttributeResponse))
    }

    @Test func addAttributesInABatch() throws {
        let request = try read(VCenterBytes.addAttributesRequest)
        #expect(request.items.map(\.identifier) == [identifier(1), identifier(2), identifier(3)])
        let attributes = try request.items.map { item in
            guard case .addAttribute(let payload) = try item.payload.get() else { throw TTLVError(.missingItem) }
            return payload.attribute
        }
        #expect(
            attributes == [
                Attribute(AttributeName("x-Product_Version"), .text("8.0.1")),
                Attribute(AttributeName("x-Vendor"), .text("VMware, Inc.")),
                Attribute(AttributeName("x-Product"), .text("VMware vSphere")),
            ]
        )
    }
}
