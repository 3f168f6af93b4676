import KMIP
import TTLV
import Testing

/// Requests that are wrong, built of items, so that each differs from a good one in the one thing that its name says.
struct BadRequestTests {
    private static func version(_ major: Int32, _ minor: Int32) -> Item {
        Item(
            .protocolVersion,
            .structure([Item(.protocolVersionMajor, .integer(major)), Item(.protocolVersionMinor, .integer(minor))])
        )
    }

    private static func header(_ version: Item = version(1, 2), _ more: [Item] = [], count: Int32 = 1) -> Item {
        Item(.requestHeader, .structure([version] + more + [Item(.batchCount, .integer(count))]))
    }

    private static func item(_ operation: Operation, _ payload: [Item], _ more: [Item] = []) -> Item {
        Item(
            .batchItem,
            .structure(
                [Item(.operation, .enumeration(operation.rawValue)), Item(.requestPayload, .structure(payload))] + more
            )
        )
    }

    private static func attribute(_ name: String, _ value: ItemValue) -> Item {
        Item(.attribute, .structure([Item(.attributeName, .text(name)), Item(.attributeValue, value)]))
    }

    private static func messageExtension(critical: Bool) -> Item {
        Item(
            .messageExtension,
            .structure([
                Item(.vendorIdentification, .text("v")), Item(.criticalityIndicator, .boolean(critical)),
                Item(.vendorExtension, .structure([])),
            ])
        )
    }

    private static let identifier = Item(.uniqueIdentifier, .text("1"))
    private static let activate = item(.activate, [identifier])

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let items: [Item]
        let code: KMIPError.Code
        let reason: ResultReason

        init(_ description: String, _ items: [Item], _ code: KMIPError.Code, _ reason: ResultReason) {
            testDescription = description
            self.items = items
            self.code = code
            self.reason = reason
        }
    }

    private func read(_ items: [Item]) throws(RequestFailure) -> ReceivedRequest {
        let message = ItemWriter.bytes(newestTag: Tag(0x42FFFF)) { $0.value(.requestMessage, .structure(items)) }
        return try ReceivedRequest(decoding: message.span.bytes, maximumItems: 10, makeSecret: TestSecret.factory)
    }

    static let brokenMessages = [
        Case("nothing", [], .missingField, .invalidMessage),
        Case("no header", [activate], .missingField, .invalidMessage),
        Case("major version 2", [header(version(2, 0)), activate], .unsupportedVersion, .invalidMessage),
        Case("minor version 5", [header(version(1, 5)), activate], .unsupportedVersion, .invalidMessage),
        Case("no item", [header()], .batchCountMismatch, .invalidMessage),
        Case("fewer items", [header(count: 2), activate], .batchCountMismatch, .invalidMessage),
        Case("more items", [header(), activate, activate], .batchCountMismatch, .invalidMessage),
        Case("no item announced", [header(count: 0)], .tooManyItems, .invalidMessage),
        Case("a negative count", [header(count: -1), activate], .tooManyItems, .invalidMessage),
        Case("too many items", [header(count: 11)], .tooManyItems, .invalidMessage),
        Case(
            "items without identifiers",
            [header(count: 2), activate, activate],
            .missingItemIdentifier,
            .invalidMessage
        ),
        Case("something after the items", [header(), activate, header()], .repeatedField, .invalidMessage),
        Case(
            "a header field of 1.4 in 1.2",
            [header(version(1, 2), [Item(.clientCorrelationValue, .text("c"))]), activate],
            .missingField,
            .invalidMessage
        ),
        Case(
            "a header field twice",
            [
                header(
                    version(1, 2),
                    [Item(.maximumResponseSize, .integer(1)), Item(.maximumResponseSize, .integer(1))]
                ), activate,
            ],
            .missingField,
            .invalidMessage
        ),
        Case(
            "authentication without credential",
            [header(version(1, 2), [Item(.authentication, .structure([]))]), activate],
            .missingField,
            .invalidMessage
        ),
        Case(
            "a critical extension",
            [header(), item(.activate, [identifier], [messageExtension(critical: true)])],
            .criticalExtension,
            .featureNotSupported
        ),
    ]

    @Test(arguments: brokenMessages)
    func theMessageFails(_ example: Case) {
        do throws(RequestFailure) {
            _ = try read(example.items)
            Issue.record("was accepted")
        } catch {
            #expect(error.error.code == example.code)
            #expect(error.reason == example.reason)
        }
    }

    static let brokenItems = [
        Case("a payload field that is unknown", [Item(.comment, .text("c"))], .unknownField, .invalidField),
        Case("a payload field twice", [identifier, identifier], .repeatedField, .invalidMessage),
        Case("a payload field of another type", [Item(.uniqueIdentifier, .integer(1))], .unreadable, .invalidMessage),
    ]

    @Test(arguments: brokenItems)
    func theItemFails(_ example: Case) throws {
        let received = try read([Self.header(), Self.item(.activate, example.items)])
        #expect(received.items[0].operation == .activate)
        expect(received.items[0], example)
    }

    static let brokenPayloads: [(Operation, Case)] = [
        (.create, Case("no Object Type", [Item(.templateAttribute, .structure([]))], .missingField, .missingData)),
        (
            .create,
            Case(
                "an attribute of another type",
                [
                    Item(.objectType, .enumeration(2)),
                    Item(.templateAttribute, .structure([attribute("Cryptographic Length", .text("256"))])),
                ],
                .invalidField,
                .invalidField
            )
        ),
        (
            .addAttribute,
            Case(
                "a structure with a field that it does not have",
                [attribute("Name", .structure([Item(.comment, .text("c"))]))],
                .invalidField,
                .invalidField
            )
        ),
        (
            .addAttribute,
            Case(
                "a new attribute with an index",
                [
                    Item(
                        .attribute,
                        .structure([
                            Item(.attributeName, .text("x-a")), Item(.attributeIndex, .integer(0)),
                            Item(.attributeValue, .integer(1)),
                        ])
                    )
                ],
                .invalidField,
                .invalidField
            )
        ),
        (.addAttribute, Case("an empty name", [attribute("", .integer(1))], .invalidField, .invalidField)),
        (.deleteAttribute, Case("an empty name", [Item(.attributeName, .text(""))], .invalidField, .invalidField)),
        (
            .register,
            Case(
                "another object than its type",
                [
                    Item(.objectType, .enumeration(ObjectType.secretData.rawValue)),
                    Item(.templateAttribute, .structure([])), Item(.certificate, .structure([])),
                ],
                .invalidField,
                .invalidField
            )
        ),
        (
            .getAttributes,
            Case(
                "a name twice",
                [Item(.attributeName, .text("State")), Item(.attributeName, .text("State"))],
                .repeatedField,
                .invalidMessage
            )
        ),
        (.locate, Case("Offset Items in 1.2", [Item(.offsetItems, .integer(1))], .unknownField, .invalidField)),
        (.locate, Case("less than nothing", [Item(.maximumItems, .integer(-1))], .invalidField, .invalidField)),
        (.revoke, Case("no reason", [identifier], .missingField, .missingData)),
        (.query, Case("no function", [], .missingField, .missingData)),
    ]

    @Test(arguments: brokenPayloads)
    func thePayloadFails(_ operation: Operation, _ example: Case) throws {
        expect(try read([Self.header(), Self.item(operation, example.items)]).items[0], example)
    }

    @Test func anotherKeyFormatFailsItsItemOnly() throws {
        let block = Item(
            .keyBlock,
            .structure([
                Item(.keyFormatType, .enumeration(KeyFormatType.transparentRSAPublicKey.rawValue)),
                Item(.keyValue, .structure([Item(.keyMaterial, .structure([]))])),
            ])
        )
        let received = try read([
            Self.header(),
            Self.item(
                .register,
                [
                    Item(.objectType, .enumeration(ObjectType.symmetricKey.rawValue)),
                    Item(.templateAttribute, .structure([])), Item(.symmetricKey, .structure([block])),
                ]
            ),
        ])
        expect(received.items[0], Case("", [], .unsupportedKeyFormat, .keyFormatTypeNotSupported))
    }

    @Test func otherObjectsAndOperationsDoNotFail() throws {
        let register = try read([
            Self.header(),
            Self.item(
                .register,
                [
                    Item(.objectType, .enumeration(ObjectType.certificate.rawValue)),
                    Item(.templateAttribute, .structure([])), Item(.certificate, .structure([])),
                ]
            ),
        ])
        guard case .success(.register(let payload)) = register.items[0].payload,
            case .unsupported(.certificate) = payload.object
        else {
            Issue.record("a certificate is an object")
            return
        }
        let unknown = Operation(rawValue: 0x77)
        let received = try read([Self.header(), Self.item(unknown, [Item(.comment, .text("c"))])])
        guard case .success(.unsupported(unknown)) = received.items[0].payload else {
            Issue.record("an unknown operation keeps its code")
            return
        }
    }

    @Test func anExtensionThatIsNotCriticalIsKept() throws {
        let received = try read([
            Self.header(), Self.item(.activate, [Self.identifier], [Self.messageExtension(critical: false)]),
        ])
        #expect(received.items[0].messageExtension?.vendorIdentification == "v")
    }

    @Test func locateTakesAttributesInATemplate() throws {
        let received = try read([
            Self.header(),
            Self.item(
                .locate,
                [Item(.templateAttribute, .structure([Self.attribute("x-id", .boolean(true))]))]
            ),
        ])
        guard case .success(.locate(let payload)) = received.items[0].payload else {
            Issue.record("not Locate")
            return
        }
        #expect(payload.attributes == [Attribute(AttributeName("x-id"), .boolean(true))])
    }

    @Test func theAnswerIsInTheRequestsVersion() throws {
        do throws(RequestFailure) {
            _ = try read([Self.header(count: 2), Self.activate])
        } catch {
            let answer = error.response(timeStamp: 5)
            #expect(answer.header.version == .v12)
            #expect(answer.items.count == 1)
            #expect(answer.items[0].operation == nil)
            #expect(answer.items[0].status == .operationFailed)
            #expect(answer.items[0].reason == .invalidMessage)
        }
    }

    private func expect(_ item: ReceivedRequestItem, _ example: Case) {
        guard case .failure(let error) = item.payload else {
            Issue.record("was accepted")
            return
        }
        #expect(error.code == example.code)
        #expect(error.itemReason == example.reason)
    }
}
