import KMIP
import KeyModel

/// Which attributes a request of a version can name.
extension KeyModel.Operation {
    /// Refuses to set, change or delete an attribute that the standard has only since a later version, in the way in which a
    /// name that it does not have at all is refused. To a client of this version the attribute could not be shown, and what
    /// the client means by the name is not what the standard came to mean: its value was not held to the type.
    func requireAttributes(of version: ProtocolVersion, for operation: KMIP.Operation) throws(ItemFailure) {
        for name in changedAttributes {
            let known = KMIP.AttributeName(name.text)
            guard known.definition == nil || known.isDefined(in: version) else {
                throw ItemFailure(OperationFailure(.attributeNotSupported, attribute: name), of: operation)
            }
        }
    }

    private var changedAttributes: [KeyModel.AttributeName] {
        switch self {
        case .create(let request): request.attributes.map(\.name)
        case .register(let request): request.attributes.map(\.name)
        case .addAttribute(let request): [request.attribute.name]
        case .modifyAttribute(let request): [request.attribute.name]
        case .deleteAttribute(let request): [request.name]
        case .get, .getAttributes, .getAttributeList, .locate, .activate, .revoke, .destroy: []
        }
    }
}
