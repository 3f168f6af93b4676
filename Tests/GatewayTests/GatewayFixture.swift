import Cryptography
import JobSealing
import KMIP
import KMIPFraming
import KeyModel
import PipelineFixtures
import TTLV

@testable import Gateway

/// A gateway's ticket, made as in life for a ticket key of the test's own, and requests as they come off the wire.
struct GatewayFixture {
    let transport: MaterialTransport
    let ticket: IssuedTicket

    init() throws {
        let authority = try ServicesAuthority()
        let ticketKey = try PrivateKey.generate(.rsa3072)
        let certificate = try authority.certificate("ticket", for: ticketKey.publicKey)
        ticket = try authority.credential(.gateway).makeTicket(
            ticketKey: certificate.der,
            carriesTransportKey: true,
            now: ServicesAuthority.now
        )
        transport = MaterialTransport(ticket: ticket)
    }

    func mapping(allowsTripleDES: Bool = false) -> OperationMapping {
        OperationMapping(allowsTripleDES: allowsTripleDES, transport: transport)
    }

    func results(in version: ProtocolVersion = .v14) -> ResultMapping {
        ResultMapping(version: version, transport: transport)
    }

    /// A request of these payloads with item identifiers 1, 2, …, written and read again.
    static func request(
        _ payloads: [RequestPayload],
        version: ProtocolVersion = .v14,
        _ option: BatchErrorContinuationOption? = nil
    ) throws -> ReceivedRequest {
        var header = RequestHeader(version: version)
        header.batchErrorContinuation = option
        let items = payloads.enumerated().map { RequestItem($1, identifier: [UInt8($0 + 1)]) }
        let bytes = RequestMessage(header: header, items: items).bytes()
        return try ReceivedRequest(decoding: bytes.span.bytes) { SecretBox(try SecretBytes(copying: $0)) }
    }

    static func box(_ bytes: [UInt8]) throws -> SecretBox {
        SecretBox(try SecretBytes.made(of: bytes))
    }

    static func aes(_ algorithm: CryptographicAlgorithm = .aes, length: Int32 = 256) -> TemplateAttribute {
        TemplateAttribute([
            KMIP.Attribute(.cryptographicAlgorithm, .enumeration(algorithm.rawValue)),
            KMIP.Attribute(.cryptographicLength, .integer(length)),
            KMIP.Attribute(.cryptographicUsageMask, .integer(12)),
        ])
    }

    static let create = RequestPayload.create(CreateRequest(objectType: .symmetricKey, template: aes()))
    static let check = RequestPayload.check(CheckRequest(uniqueIdentifier: "k"))
    static let query = RequestPayload.query(QueryRequest(functions: [.queryServerInformation]))
    static let placeholderGet = RequestPayload.get(GetRequest())
}
