import Cryptography
import KMIP
import KMIPFraming
import KeyModel

/// What a worker answered, as KMIP responses in a client's version.
struct ResultMapping {
    let version: ProtocolVersion
    /// Unwraps keys that come under the transport key of the job's ticket.
    let transport: MaterialTransport

    func payload(_ result: OperationResult) throws(ItemFailure) -> ResponsePayload {
        switch result {
        case .created(let type, let identifier):
            .create(
                CreateResponse(
                    objectType: KMIP.ObjectType(rawValue: type.rawValue),
                    uniqueIdentifier: identifier.text
                )
            )
        case .registered(let identifier): .register(RegisterResponse(uniqueIdentifier: identifier.text))
        case .got(let key): .get(try get(key))
        case .attributes(let identifier, let attributes):
            .getAttributes(
                GetAttributesResponse(uniqueIdentifier: identifier.text, attributes: attributes.kmip(in: version))
            )
        case .attributeList(let identifier, let names):
            .getAttributeList(
                GetAttributeListResponse(
                    uniqueIdentifier: identifier.text,
                    names: names.map { KMIP.AttributeName($0.text) }.filter { $0.isDefined(in: version) }
                )
            )
        case .attributeAdded(let identifier, let attribute):
            .addAttribute(
                AddAttributeResponse(uniqueIdentifier: identifier.text, attribute: KMIP.Attribute(attribute))
            )
        case .attributeModified(let identifier, let attribute):
            .modifyAttribute(
                ModifyAttributeResponse(uniqueIdentifier: identifier.text, attribute: KMIP.Attribute(attribute))
            )
        case .attributeDeleted(let identifier, let attribute):
            .deleteAttribute(
                DeleteAttributeResponse(uniqueIdentifier: identifier.text, attribute: KMIP.Attribute(attribute))
            )
        case .located(let identifiers, let total):
            .locate(
                LocateResponse(
                    uniqueIdentifiers: identifiers.map(\.text),
                    // Located Items is a field of 1.3 (4.9), and left out where not all were counted.
                    locatedItems: version >= .v13 ? total.map { Int32(clamping: $0) } : nil
                )
            )
        case .activated(let identifier): .activate(ActivateResponse(uniqueIdentifier: identifier.text))
        case .revoked(let identifier): .revoke(RevokeResponse(uniqueIdentifier: identifier.text))
        case .destroyed(let identifier): .destroy(DestroyResponse(uniqueIdentifier: identifier.text))
        }
    }

    /// The Key Value carries no attributes: decoders of some clients give up on them.
    private func get(_ key: RetrievedKey) throws(ItemFailure) -> GetResponse {
        let material = try transport.unwrap(key)
        let block = KeyBlock(
            format: .raw,
            value: KeyValue(.bytes(material)),
            algorithm: CryptographicAlgorithm(rawValue: key.algorithm.rawValue),
            length: Int32(clamping: key.length)
        )
        return GetResponse(uniqueIdentifier: key.identifier.text, object: .symmetricKey(block))
    }
}
