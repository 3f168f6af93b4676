import KMIP
import TTLV
import Testing

/// Nothing is sent, or understood, that is newer than the message's version.
struct VersionRulesTests {
    private func roundTrip(_ payload: ResponsePayload, _ version: ProtocolVersion) throws -> ResponsePayload? {
        let header = ResponseHeader(version: version, timeStamp: 0)
        let sent = ResponseMessage(header: header, items: [.success(payload, identifier: nil)]).bytes()
        return try ResponseMessage(decoding: sent.span.bytes, makeSecret: TestSecret.factory).items[0].payload
    }

    @Test(arguments: [
        (ProtocolVersion.v10, ["Name", "Cryptographic Algorithm", "x-tree"]),
        (.v11, ["Name", "Cryptographic Algorithm", "Fresh", "x-tree"]),
        (.v13, ["Name", "Cryptographic Algorithm", "Fresh", "x-tree"]),
        (.v14, ["Name", "Cryptographic Algorithm", "Fresh", "Comment", "x-tree"]),
    ])
    func attributes(_ version: ProtocolVersion, _ expected: [String]) throws {
        let names: Set<String> = ["Name", "Cryptographic Algorithm", "Fresh", "Comment", "x-tree"]
        let all = SampleMessages.attributes.filter { names.contains($0.name.rawValue) }
        let payload = GetAttributesResponse(uniqueIdentifier: "1", attributes: all)
        guard case .getAttributes(let received) = try roundTrip(.getAttributes(payload), version) else {
            Issue.record("not Get Attributes")
            return
        }
        #expect(received.attributes.map(\.name.rawValue) == expected)

        let list = GetAttributeListResponse(uniqueIdentifier: "1", names: all.map(\.name))
        guard case .getAttributeList(let receivedList) = try roundTrip(.getAttributeList(list), version) else {
            Issue.record("not Get Attribute List")
            return
        }
        #expect(receivedList.names.map(\.rawValue) == expected)
    }

    @Test func digestHasItsKeyFormatSince11() throws {
        let digest = Digest(algorithm: .sha256, value: [1], keyFormat: .raw)
        let payload = GetAttributesResponse(
            uniqueIdentifier: "1",
            attributes: [Attribute(.digest, digest.attributeValue)]
        )
        for (version, format) in [(ProtocolVersion.v10, KeyFormatType?.none), (.v11, .raw)] {
            guard case .getAttributes(let received) = try roundTrip(.getAttributes(payload), version) else {
                Issue.record("not Get Attributes")
                return
            }
            #expect(Digest(received.attributes[0].value)?.keyFormat == format)
        }
    }

    @Test func locatedItemsSince13() throws {
        let payload = LocateResponse(uniqueIdentifiers: ["1"], locatedItems: 3)
        for (version, count) in [(ProtocolVersion.v12, Int32?.none), (.v13, 3)] {
            guard case .locate(let received) = try roundTrip(.locate(payload), version) else {
                Issue.record("not Locate")
                return
            }
            #expect(received.locatedItems == count)
        }
    }

    @Test func queryListsWhatTheVersionHas() throws {
        var payload = QueryResponse()
        payload.operations = [.create, .discoverVersions, .encrypt, .importObject]
        guard case .query(let received) = try roundTrip(.query(payload), .v11) else {
            Issue.record("not Query")
            return
        }
        #expect(received.operations == [.create, .discoverVersions])
    }

    @Test func resultReasonsOfTheTime() {
        #expect(ResultReason.sensitive.available(in: .v14) == .sensitive)
        #expect(ResultReason.sensitive.available(in: .v13) == .permissionDenied)
        #expect(ResultReason.itemNotFound.available(in: .v10) == .itemNotFound)
        #expect(ResultReason(rawValue: 0x8000_0001).available(in: .v14) == .generalFailure)
    }

    @Test func operationsOfTheTime() throws {
        let sent = RequestMessage(version: .v10, .discoverVersions(DiscoverVersionsRequest())).bytes()
        let received = try ReceivedRequest(decoding: sent.span.bytes, makeSecret: TestSecret.factory)
        guard case .success(.unsupported(.discoverVersions)) = received.items[0].payload else {
            Issue.record("Discover Versions is not in 1.0")
            return
        }
    }

    @Test func discoverVersionsAnswersWhatBothSpeak() {
        let both = DiscoverVersionsResponse(
            to: DiscoverVersionsRequest(versions: [ProtocolVersion(major: 2, minor: 0), .v11, .v13])
        )
        #expect(both.versions == [.v13, .v11])
        let none = DiscoverVersionsResponse(
            to: DiscoverVersionsRequest(versions: [ProtocolVersion(major: 2, minor: 0)])
        )
        #expect(none.versions.isEmpty)
        #expect(DiscoverVersionsResponse(to: DiscoverVersionsRequest()).versions.first == .v14)
    }

    @Test func names() {
        #expect("\(ObjectState.preActive)" == "Pre-Active")
        #expect("\(Operation.getAttributeList)" == "Get Attribute List")
        #expect("\(CryptographicAlgorithm.tripleDES)" == "3DES")
        #expect("\(ObjectState(rawValue: 0x8000_0001))" == "0x80000001")
        #expect(ResultReason(name: "Item Not Found") == .itemNotFound)
        #expect(CryptographicUsageMask(rawValue: 12).names == ["Encrypt", "Decrypt"])
        #expect(Tag.uniqueIdentifier.name == "Unique Identifier")
        #expect(AttributeDefinition.standard.count == AttributeDefinition.all.count)
    }
}
