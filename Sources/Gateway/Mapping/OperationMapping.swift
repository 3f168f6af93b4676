import Cryptography
import KMIP
import KMIPFraming
import KeyModel
import TTLV

/// KMIP requests as operations of the model. Nothing is decided here that the worker has to decide.
struct OperationMapping {
    let allowsTripleDES: Bool
    /// Wraps what a client registers, under the transport key of the job's ticket.
    let transport: MaterialTransport

    /// - Returns: nil for an operation that is not a worker's: Discover Versions, Query.
    func operation(_ payload: RequestPayload) throws(ItemFailure) -> KeyModel.Operation? {
        switch payload {
        case .create(let request): try create(request)
        case .register(let request): try register(request)
        case .locate(let request): try locate(request)
        case .get(let request): try get(request)
        case .getAttributes(let request):
            .getAttributes(
                GetAttributesOperation(
                    identifier: identifier(request.uniqueIdentifier),
                    names: try names(request.names)
                )
            )
        case .getAttributeList(let request):
            .getAttributeList(GetAttributeListOperation(identifier: identifier(request.uniqueIdentifier)))
        case .addAttribute(let request): try addAttribute(request)
        case .modifyAttribute(let request):
            .modifyAttribute(
                ModifyAttributeOperation(
                    identifier: identifier(request.uniqueIdentifier),
                    attribute: request.attribute.model
                )
            )
        case .deleteAttribute(let request):
            .deleteAttribute(
                DeleteAttributeOperation(
                    identifier: identifier(request.uniqueIdentifier),
                    name: KeyModel.AttributeName(request.name.rawValue),
                    index: Int(request.index ?? 0)
                )
            )
        case .activate(let request):
            .activate(ActivateOperation(identifier: identifier(request.uniqueIdentifier)))
        case .revoke(let request): revoke(request)
        case .destroy(let request): .destroy(DestroyOperation(identifier: identifier(request.uniqueIdentifier)))
        case .check, .unsupported: throw ItemFailure(.operationNotSupported, "the operation is not supported")
        case .query, .discoverVersions: nil
        }
    }

    private func identifier(_ text: String?) -> UniqueIdentifier? {
        text.map { UniqueIdentifier($0) }
    }

    private func create(_ request: CreateRequest) throws(ItemFailure) -> KeyModel.Operation {
        let attributes = try attributes(of: request.template)
        return .create(
            CreateOperation(
                objectType: KeyModel.ObjectType(rawValue: request.objectType.rawValue),
                attributes: attributes
            )
        )
    }

    private func register(_ request: RegisterRequest) throws(ItemFailure) -> KeyModel.Operation {
        guard case .symmetricKey(let block) = request.object, request.objectType == .symmetricKey else {
            throw ItemFailure(.invalidField, "only symmetric keys can be registered here")
        }
        guard block.compression == nil else {
            throw ItemFailure(.keyCompressionTypeNotSupported, "compressed keys are not supported")
        }
        guard block.wrapping == nil else { throw ItemFailure(.featureNotSupported, "wrapped keys are not supported") }
        let material: SecretBox
        switch block.value?.material {
        case .bytes(let secret as SecretBox) where block.format == .raw: material = secret
        case .transparentSymmetricKey(let secret as SecretBox): material = secret
        default: throw ItemFailure(.keyFormatTypeNotSupported, "keys are taken in the Raw format")
        }
        let attributes = try attributes(of: request.template)
        let algorithm = try block.algorithm.map { algorithm throws(ItemFailure) in try allowed(algorithm) }
        let (transported, digest) = try transport.wrap(material)
        return .register(
            RegisterOperation(
                objectType: .symmetricKey,
                attributes: attributes + (block.value?.attributes ?? []).map(\.model),
                algorithm: algorithm,
                length: block.length.map { Int($0) },
                material: transported,
                digest: digest
            )
        )
    }

    private func get(_ request: GetRequest) throws(ItemFailure) -> KeyModel.Operation {
        guard request.keyFormat == nil || request.keyFormat == .raw else {
            throw ItemFailure(.keyFormatTypeNotSupported, "keys are given in the Raw format")
        }
        guard request.keyCompression == nil else {
            throw ItemFailure(.keyCompressionTypeNotSupported, "keys are not compressed")
        }
        guard request.wrapping == nil, request.keyWrapType == nil else {
            throw ItemFailure(.featureNotSupported, "keys are not wrapped for the client")
        }
        return .get(GetOperation(identifier: identifier(request.uniqueIdentifier)))
    }

    private func locate(_ request: LocateRequest) throws(ItemFailure) -> KeyModel.Operation {
        guard request.attributes.count <= ObjectFilter.mostAttributes else {
            throw ItemFailure(.invalidField, "a search names \(ObjectFilter.mostAttributes) attributes at most")
        }
        return .locate(
            LocateOperation(
                filter: ObjectFilter(
                    attributes: request.attributes.map { attribute in
                        // An index counts for nothing in a search (4.9).
                        KeyModel.Attribute(
                            name: attribute.model.name,
                            index: 0,
                            value: attribute.model.value
                        )
                    }
                ),
                maximumItems: request.maximumItems.map { Int($0) },
                offset: Int(request.offsetItems ?? 0)
            )
        )
    }

    private func addAttribute(_ request: AddAttributeRequest) throws(ItemFailure) -> KeyModel.Operation {
        // Clients that send the index 0 mean none (vCenter sends none).
        guard (request.attribute.index ?? 0) == 0 else {
            throw ItemFailure(.invalidField, "a new attribute must not have an Attribute Index")
        }
        return .addAttribute(
            AddAttributeOperation(
                identifier: identifier(request.uniqueIdentifier),
                attribute: request.attribute.model
            )
        )
    }

    private func revoke(_ request: RevokeRequest) -> KeyModel.Operation {
        .revoke(
            RevokeOperation(
                identifier: identifier(request.uniqueIdentifier),
                reason: KeyModel.RevocationReason(
                    code: KeyModel.RevocationReason.Code(rawValue: request.reason.code.rawValue),
                    message: request.reason.message
                ),
                compromiseOccurrence: request.compromiseOccurrenceDate.map { Timestamp(secondsSince1970: $0) }
            )
        )
    }

    private func attributes(of template: TemplateAttribute) throws(ItemFailure) -> [KeyModel.Attribute] {
        guard template.templateNames.isEmpty else {
            throw ItemFailure(.itemNotFound, "there are no templates here")
        }
        for attribute in template.attributes where attribute.name == .cryptographicAlgorithm {
            guard case .enumeration(let number) = attribute.value else { continue }
            _ = try allowed(CryptographicAlgorithm(rawValue: number))
        }
        return template.attributes.map(\.model)
    }

    private func allowed(_ algorithm: CryptographicAlgorithm) throws(ItemFailure) -> KeyModel.KeyAlgorithm {
        let algorithm = KeyModel.KeyAlgorithm(rawValue: algorithm.rawValue)
        guard algorithm != .tripleDES || allowsTripleDES else {
            throw ItemFailure(.invalidField, "3DES keys are switched off by policy")
        }
        return algorithm
    }

    private func names(_ names: [KMIP.AttributeName]) throws(ItemFailure) -> [KeyModel.AttributeName] {
        // The standard's own test cases want a name that is given twice refused (TC-171).
        guard Set(names).count == names.count else {
            throw ItemFailure(.invalidMessage, "an Attribute Name is given more than once")
        }
        return names.map { KeyModel.AttributeName($0.rawValue) }
    }
}
