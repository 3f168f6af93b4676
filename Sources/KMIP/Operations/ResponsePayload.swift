import TTLV

/// What a response item brings.
package enum ResponsePayload: Sendable {
    case create(CreateResponse)
    case register(RegisterResponse)
    case locate(LocateResponse)
    case check(CheckResponse)
    case get(GetResponse)
    case getAttributes(GetAttributesResponse)
    case getAttributeList(GetAttributeListResponse)
    case addAttribute(AddAttributeResponse)
    case modifyAttribute(ModifyAttributeResponse)
    case deleteAttribute(DeleteAttributeResponse)
    case activate(ActivateResponse)
    case revoke(RevokeResponse)
    case destroy(DestroyResponse)
    case query(QueryResponse)
    case discoverVersions(DiscoverVersionsResponse)
    /// The answer to an operation that is not handled; passed over.
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

extension ResponsePayload {
    /// - Parameter reader: the fields of the Response Payload.
    init(operation: Operation, from reader: inout ItemReader, _ context: DecodingContext) throws {
        switch operation {
        case .create: self = .create(try CreateResponse(from: &reader, context))
        case .register: self = .register(try RegisterResponse(from: &reader, context))
        case .locate: self = .locate(try LocateResponse(from: &reader, context))
        case .check: self = .check(try CheckResponse(from: &reader, context))
        case .get: self = .get(try GetResponse(from: &reader, context))
        case .getAttributes: self = .getAttributes(try GetAttributesResponse(from: &reader, context))
        case .getAttributeList: self = .getAttributeList(try GetAttributeListResponse(from: &reader, context))
        case .addAttribute: self = .addAttribute(try AddAttributeResponse(from: &reader, context))
        case .modifyAttribute: self = .modifyAttribute(try ModifyAttributeResponse(from: &reader, context))
        case .deleteAttribute: self = .deleteAttribute(try DeleteAttributeResponse(from: &reader, context))
        case .activate: self = .activate(try ActivateResponse(from: &reader, context))
        case .revoke: self = .revoke(try RevokeResponse(from: &reader, context))
        case .destroy: self = .destroy(try DestroyResponse(from: &reader, context))
        case .query: self = .query(try QueryResponse(from: &reader, context))
        case .discoverVersions: self = .discoverVersions(try DiscoverVersionsResponse(from: &reader, context))
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
