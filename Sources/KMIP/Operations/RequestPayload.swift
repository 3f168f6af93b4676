import TTLV

/// What a request item asks for.
package enum RequestPayload: Sendable {
    case create(CreateRequest)
    case register(RegisterRequest)
    case locate(LocateRequest)
    case check(CheckRequest)
    case get(GetRequest)
    case getAttributes(GetAttributesRequest)
    case getAttributeList(GetAttributeListRequest)
    case addAttribute(AddAttributeRequest)
    case modifyAttribute(ModifyAttributeRequest)
    case deleteAttribute(DeleteAttributeRequest)
    case activate(ActivateRequest)
    case revoke(RevokeRequest)
    case destroy(DestroyRequest)
    case query(QueryRequest)
    case discoverVersions(DiscoverVersionsRequest)
    /// An operation that is not handled, or that the message's version does not have; its payload was passed over.
    /// The answer is Operation Not Supported, for this item only.
    case unsupported(Operation)

    package var operation: Operation {
        switch self {
        case .create: .create
        case .register: .register
        case .locate: .locate
        case .check: .check
        case .get: .get
        case .getAttributes: .getAttributes
        case .getAttributeList: .getAttributeList
        case .addAttribute: .addAttribute
        case .modifyAttribute: .modifyAttribute
        case .deleteAttribute: .deleteAttribute
        case .activate: .activate
        case .revoke: .revoke
        case .destroy: .destroy
        case .query: .query
        case .discoverVersions: .discoverVersions
        case .unsupported(let operation): operation
        }
    }
}

extension RequestPayload {
    /// - Parameter reader: the fields of the Request Payload.
    init(operation: Operation, from reader: inout ItemReader, _ context: DecodingContext) throws {
        guard operation.isDefined(in: context.version) else {
            self = .unsupported(operation)
            return
        }
        switch operation {
        case .create: self = .create(try CreateRequest(from: &reader, context))
        case .register: self = .register(try RegisterRequest(from: &reader, context))
        case .locate: self = .locate(try LocateRequest(from: &reader, context))
        case .check: self = .check(try CheckRequest(from: &reader, context))
        case .get: self = .get(try GetRequest(from: &reader, context))
        case .getAttributes: self = .getAttributes(try GetAttributesRequest(from: &reader, context))
        case .getAttributeList: self = .getAttributeList(try GetAttributeListRequest(from: &reader, context))
        case .addAttribute: self = .addAttribute(try AddAttributeRequest(from: &reader, context))
        case .modifyAttribute: self = .modifyAttribute(try ModifyAttributeRequest(from: &reader, context))
        case .deleteAttribute: self = .deleteAttribute(try DeleteAttributeRequest(from: &reader, context))
        case .activate: self = .activate(try ActivateRequest(from: &reader, context))
        case .revoke: self = .revoke(try RevokeRequest(from: &reader, context))
        case .destroy: self = .destroy(try DestroyRequest(from: &reader, context))
        case .query: self = .query(try QueryRequest(from: &reader, context))
        case .discoverVersions: self = .discoverVersions(try DiscoverVersionsRequest(from: &reader, context))
        default:
            self = .unsupported(operation)
            return
        }
        try reader.finish()
    }

    /// The fields; nothing for an operation that is not handled.
    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        fields?.encode(into: &writer, version)
    }

    private var fields: (any Payload)? {
        switch self {
        case .create(let fields): fields
        case .register(let fields): fields
        case .locate(let fields): fields
        case .check(let fields): fields
        case .get(let fields): fields
        case .getAttributes(let fields): fields
        case .getAttributeList(let fields): fields
        case .addAttribute(let fields): fields
        case .modifyAttribute(let fields): fields
        case .deleteAttribute(let fields): fields
        case .activate(let fields): fields
        case .revoke(let fields): fields
        case .destroy(let fields): fields
        case .query(let fields): fields
        case .discoverVersions(let fields): fields
        case .unsupported: nil
        }
    }
}
