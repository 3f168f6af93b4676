import Cryptography
import KMIP
import KeyModel
import TTLV
import Testing

@testable import Gateway

/// Requests as operations of the model, and what is refused before a worker is asked.
@Suite struct OperationMappingTests {
    private let fixture: GatewayFixture

    init() throws {
        fixture = try GatewayFixture()
    }

    private func reason(_ payload: RequestPayload, allowsTripleDES: Bool = false) -> ResultReason? {
        do {
            _ = try fixture.mapping(allowsTripleDES: allowsTripleDES).operation(payload)
            return nil
        } catch {
            return error.reason
        }
    }

    private func register(
        _ block: KeyBlock,
        template: TemplateAttribute = GatewayFixture.aes()
    ) -> RequestPayload {
        .register(RegisterRequest(template: template, object: .symmetricKey(block)))
    }

    private func block(_ bytes: [UInt8], format: KeyFormatType = .raw) throws -> KeyBlock {
        KeyBlock(
            format: format,
            value: KeyValue(.bytes(try GatewayFixture.box(bytes))),
            algorithm: .aes,
            length: 256
        )
    }

    @Test func tripleDESIsAPolicy() {
        let payload = RequestPayload.create(
            CreateRequest(objectType: .symmetricKey, template: GatewayFixture.aes(.tripleDES, length: 168))
        )
        #expect(reason(payload) == .invalidField)
        #expect(reason(payload, allowsTripleDES: true) == nil)
    }

    @Test func whatIsRegisteredTravelsWrapped() throws {
        let bytes: [UInt8] = Array(101...132)
        let operation = try fixture.mapping().operation(register(try block(bytes)))
        guard case .register(let request) = operation else {
            Issue.record("no Register")
            return
        }
        #expect(request.digest == SHA256.hash(bytes))
        #expect(request.material.blob.count == 40)
        #expect(request.algorithm == .aes && request.length == 256)
        #expect(!request.material.blob.indices.contains { request.material.blob[$0...].starts(with: bytes.prefix(8)) })
    }

    @Test func refusesWhatItDoesNotTake() throws {
        var compressed = try block([1])
        compressed.compression = KeyCompressionType(rawValue: 1)
        #expect(reason(register(compressed)) == .keyCompressionTypeNotSupported)
        var wrapped = try block([1])
        wrapped.wrapping = KeyWrappingData(method: WrappingMethod(rawValue: 1))
        #expect(reason(register(wrapped)) == .featureNotSupported)
        #expect(reason(register(try block([1], format: .opaque))) == .keyFormatTypeNotSupported)
        var get = GetRequest(uniqueIdentifier: "k")
        get.wrapping = KeyWrappingSpecification(method: WrappingMethod(rawValue: 1))
        #expect(reason(.get(get)) == .featureNotSupported)
        #expect(reason(.get(GetRequest(keyFormat: .pkcs1))) == .keyFormatTypeNotSupported)
        #expect(reason(GatewayFixture.check) == .operationNotSupported)
        #expect(reason(.unsupported(.encrypt)) == .operationNotSupported)
        let template = TemplateAttribute(templateNames: [ObjectName("t")])
        let create = CreateRequest(objectType: .symmetricKey, template: template)
        #expect(reason(.create(create)) == .itemNotFound)
    }

    @Test func attributesKeepTypeNameAndStructure() {
        let values: [ItemValue] = [
            .integer(-1), .longInteger(1 << 40), .bigInteger([0, 0, 0, 0, 0, 0, 1, 0]), .enumeration(3), .boolean(true),
            .text("ESXi Server"), .bytes([1, 2]), .dateTime(-5), .interval(9),
            .structure([
                Item(.nameValue, .text("n")), Item(Tag(0x540001), .structure([Item(Tag(0x014242), .integer(1))])),
            ]),
        ]
        for value in values {
            let attribute = KMIP.Attribute(AttributeName("x-any"), index: 2, value)
            #expect(KMIP.Attribute(attribute.model) == attribute)
        }
        let name = KMIP.Attribute(.name, ObjectName("n").attributeValue).model
        #expect(name.value.field("Name Value") == .text("n"))
    }

    @Test func whatAVersionDoesNotDefineIsNotSent() throws {
        let attributes = [
            KeyModel.Attribute(name: .state, value: .enumeration(2)),
            KeyModel.Attribute(name: .originalCreationDate, value: .dateTime(Timestamp(secondsSince1970: 1))),
            KeyModel.Attribute(name: KeyModel.AttributeName("x-Vendor"), value: .text("v")),
        ]
        #expect(attributes.kmip(in: .v11).map(\.name.rawValue) == ["State", "x-Vendor"])
        #expect(attributes.kmip(in: .v12).count == 3)
        let located = OperationResult.located([UniqueIdentifier("k")], total: 5)
        guard case .locate(let old) = try fixture.results(in: .v12).payload(located),
            case .locate(let new) = try fixture.results(in: .v13).payload(located)
        else {
            Issue.record("no Locate")
            return
        }
        #expect(old.locatedItems == nil && new.locatedItems == 5)
    }

    @Test func whatWasNotCountedIsNotSaid() throws {
        let located = OperationResult.located([UniqueIdentifier("k")], total: nil)
        guard case .locate(let response) = try fixture.results().payload(located) else {
            Issue.record("no Locate")
            return
        }
        #expect(response.locatedItems == nil && response.uniqueIdentifiers == ["k"])
    }

    @Test func aSearchNamesSoManyAttributes() {
        func search(_ count: Int) -> RequestPayload {
            let attributes = (0..<count).map { KMIP.Attribute(KMIP.AttributeName("x-\($0)"), .integer(1)) }
            return .locate(LocateRequest(attributes: attributes))
        }
        #expect(reason(search(32)) == nil)
        #expect(reason(search(33)) == .invalidField)
    }

    @Test(arguments: [
        (OperationFailure.Code.itemNotFound, KMIP.Operation.get, ResultReason.itemNotFound),
        (.objectDestroyed, .get, .itemNotFound),
        (.objectDestroyed, .destroy, .permissionDenied),
        (.wrongLifecycleState, .destroy, .permissionDenied),
        (.nameNotUnique, .create, .invalidField),
        (.nameNotUnique, .addAttribute, .illegalOperation),
        (.attributeReadOnly, .modifyAttribute, .permissionDenied),
        (.instanceNotInService, .create, .permissionDenied),
        (.recordCorrupted, .get, .generalFailure),
        (.hsmUnavailable, .get, .generalFailure),
        (.replyTooLarge, .getAttributes, .responseTooLarge),
        (.tooMuchWork, .create, .generalFailure),
        (.searchTooWide, .locate, .generalFailure),
    ])
    func failuresHaveTheStandardsReasons(
        code: OperationFailure.Code,
        operation: KMIP.Operation,
        reason: ResultReason
    ) {
        #expect(ItemFailure(OperationFailure(code), of: operation).reason == reason)
    }

    @Test func everyFailureHasAReasonAndWords() {
        for code in OperationFailure.Code.allCases {
            #expect(!ItemFailure(OperationFailure(code), of: .get).message.isEmpty)
        }
    }
}
