import KMIP
import TTLV

/// One message with every operation and every field that is written, for round trips and for mutations.
enum SampleMessages {
    static let attributes = [
        Attribute(.name, ObjectName("disk key").attributeValue),
        Attribute(.cryptographicAlgorithm, .enumeration(CryptographicAlgorithm.aes.rawValue)),
        Attribute(.cryptographicParameters, .structure([Item(.blockCipherMode, .enumeration(1))])),
        Attribute(.digest, index: 0, Digest(algorithm: .sha256, value: [1, 2, 3], keyFormat: .raw).attributeValue),
        Attribute(.revocationReason, RevocationReason(.superseded, message: "old").attributeValue),
        Attribute(.activationDate, .dateTime(0x47DA_67F8)),
        Attribute(.leaseTime, .interval(60)),
        Attribute(.fresh, .boolean(true)),
        Attribute(.comment, .text("a comment")),
        Attribute(AttributeName("x-tree"), index: 2, .structure([Item(Tag(0x540001), .longInteger(-1))])),
        Attribute(AttributeName("x-number"), .bigInteger([0, 0, 0, 0, 0, 0, 0, 5])),
        Attribute(AttributeName("y-bytes"), .bytes([0xFF])),
    ]

    static var keyBlock: KeyBlock {
        KeyBlock(format: .raw, value: KeyValue(.bytes(TestSecret([7, 8, 9]))), algorithm: .aes, length: 24)
    }

    static var transparentBlock: KeyBlock {
        KeyBlock(
            format: .transparentSymmetricKey,
            value: KeyValue(.transparentSymmetricKey(TestSecret([7, 8]))),
            algorithm: .tripleDES,
            length: 168
        )
    }

    static var wrappedBlock: KeyBlock {
        var wrapping = KeyWrappingData(method: .encrypt, encryptionKey: WrappingKeyInformation(uniqueIdentifier: "w"))
        wrapping.encryptionKey?.cryptographicParameters = [Item(.blockCipherMode, .enumeration(0x0D))]
        wrapping.ivCounterNonce = [1]
        wrapping.encoding = .noEncoding
        return KeyBlock(format: .raw, value: KeyValue(.wrapped(TestSecret([1, 2]))), wrapping: wrapping)
    }

    static var requestPayloads: [RequestPayload] {
        let template = TemplateAttribute(attributes, templateNames: [ObjectName("t", type: .uri)])
        var get = GetRequest(uniqueIdentifier: "1", keyFormat: .raw)
        get.keyWrapType = .asRegistered
        get.keyCompression = KeyCompressionType(rawValue: 1)
        get.wrapping = KeyWrappingSpecification(method: .encrypt)
        get.wrapping?.attributeNames = [.name]
        get.wrapping?.encoding = .noEncoding
        var locate = LocateRequest(attributes: attributes, maximumItems: 5, offsetItems: 2)
        locate.storageStatusMask = 1
        locate.objectGroupMember = .groupMemberFresh
        var check = CheckRequest(uniqueIdentifier: "1", usageMask: [.encrypt])
        check.usageLimitsCount = 9
        check.leaseTime = 60
        return [
            .create(CreateRequest(objectType: .symmetricKey, template: template)),
            .register(RegisterRequest(template: template, object: .symmetricKey(keyBlock))),
            .register(RegisterRequest(template: template, object: .symmetricKey(transparentBlock))),
            .register(RegisterRequest(template: template, object: .secretData(.password, wrappedBlock))),
            .register(
                RegisterRequest(
                    template: TemplateAttribute(),
                    object: .opaqueObject(OpaqueDataType(rawValue: 0x8000_0001), TestSecret([1]))
                )
            ),
            .locate(locate),
            .check(check),
            .get(get),
            .getAttributes(GetAttributesRequest(uniqueIdentifier: "1", names: [.state, .digest])),
            .getAttributeList(GetAttributeListRequest()),
            .addAttribute(AddAttributeRequest(uniqueIdentifier: "1", attribute: attributes[0])),
            .modifyAttribute(ModifyAttributeRequest(attribute: attributes[1])),
            .deleteAttribute(DeleteAttributeRequest(name: AttributeName("x-tree"), index: 2)),
            .activate(ActivateRequest(uniqueIdentifier: "1")),
            .revoke(RevokeRequest(reason: RevocationReason(.keyCompromise), compromiseOccurrenceDate: 1)),
            .destroy(DestroyRequest(uniqueIdentifier: "1")),
            .query(QueryRequest(functions: [.queryOperations, .queryObjects])),
            .discoverVersions(DiscoverVersionsRequest(versions: [.v14, .v12])),
        ]
    }

    static var responsePayloads: [ResponsePayload] {
        let template = TemplateAttribute(attributes)
        var query = QueryResponse()
        query.operations = [.create, .discoverVersions, .importObject]
        query.objectTypes = [.symmetricKey, .pgpKey]
        query.vendorIdentification = "vendor"
        query.serverInformation = [Item(Tag(0x540002), .text("one"))]
        query.applicationNamespaces = ["ns"]
        query.details = [
            Item(.extensionInformation, .structure([Item(.extensionName, .text("e"))])),
            Item(.capabilityInformation, .structure([Item(.streamingCapability, .boolean(false))])),
        ]
        var check = CheckResponse(uniqueIdentifier: nil, usageMask: [.decrypt])
        check.leaseTime = 5
        return [
            .create(CreateResponse(objectType: .symmetricKey, uniqueIdentifier: "1", template: template)),
            .register(RegisterResponse(uniqueIdentifier: "1", template: template)),
            .locate(LocateResponse(uniqueIdentifiers: ["1", "2"], locatedItems: 7)),
            .check(check),
            .get(GetResponse(uniqueIdentifier: "1", object: .secretData(.seed, keyBlock))),
            .getAttributes(GetAttributesResponse(uniqueIdentifier: "1", attributes: attributes)),
            .getAttributeList(GetAttributeListResponse(uniqueIdentifier: "1", names: attributes.map(\.name))),
            .addAttribute(AddAttributeResponse(uniqueIdentifier: "1", attribute: attributes[0])),
            .modifyAttribute(ModifyAttributeResponse(uniqueIdentifier: "1", attribute: attributes[1])),
            .deleteAttribute(DeleteAttributeResponse(uniqueIdentifier: "1", attribute: attributes[2])),
            .activate(ActivateResponse(uniqueIdentifier: "1")),
            .revoke(RevokeResponse(uniqueIdentifier: "1")),
            .destroy(DestroyResponse(uniqueIdentifier: "1")),
            .query(query),
            .discoverVersions(DiscoverVersionsResponse(versions: [.v14])),
        ]
    }

    static func request(_ version: ProtocolVersion) -> RequestMessage {
        var header = RequestHeader(version: version)
        header.maximumResponseSize = 4096
        header.clientCorrelationValue = "client"
        header.serverCorrelationValue = "server"
        header.asynchronousIndicator = false
        header.attestationCapableIndicator = true
        header.attestationTypes = [.tpmQuote]
        var device = DeviceCredential()
        device.serialNumber = "s"
        device.mediaIdentifier = "m"
        header.credentials = [
            Credential(username: "user", password: TestSecret(Array("secret".utf8))), Credential(device: device),
        ]
        header.batchErrorContinuation = .continue
        header.batchOrder = true
        header.timeStamp = 0x47DA_67F8
        let items = requestPayloads.enumerated().map { RequestItem($0.element, identifier: [UInt8($0.offset)]) }
        return RequestMessage(header: header, items: items)
    }

    static func response(_ version: ProtocolVersion) -> ResponseMessage {
        var header = ResponseHeader(version: version, timeStamp: 0x47DA_67F8)
        header.nonce = [Item(.nonceID, .bytes([1])), Item(.nonceValue, .bytes([2]))]
        header.attestationTypes = [.samlAssertion]
        header.clientCorrelationValue = "client"
        header.serverCorrelationValue = "server"
        var items = responsePayloads.enumerated().map {
            ResponseItem.success($0.element, identifier: [UInt8($0.offset)])
        }
        items.append(.failure(operation: .get, identifier: [99], reason: .sensitive, message: "no"))
        items[0].messageExtension = MessageExtension(
            vendorIdentification: "v",
            isCritical: false,
            content: [Item(Tag(0x540003), .interval(1))]
        )
        return ResponseMessage(header: header, items: items)
    }
}
