package import KMIP
internal import TTLV

/// One message of a client, and what its answer must be.
package enum ConversationStep: Sendable, Hashable {
    /// Discover Versions with an empty payload: the first on every connection, and the one without an item identifier.
    case discoverVersions
    /// Query, Query Server Information.
    case queryServer
    /// Create: AES-256 to encrypt and decrypt.
    case create
    /// Get.
    case get
    /// Get Attributes, State.
    case state(ObjectState)
    /// Get Attributes with one custom attribute that is not set: a success with nothing in it.
    case absentAttribute(String)
    /// Add Attribute, several in one batch.
    case addAttributes([TextAttribute])
    case activate
    /// Not vCenter's, which never removes a key: the end of a rehearsal.
    case revoke
    case destroy

    package struct TextAttribute: Sendable, Hashable {
        package let name: String
        package let text: String

        package init(_ name: String, _ text: String) {
            self.name = name
            self.text = text
        }
    }

    /// The message's items.
    ///
    /// - Parameter key: the identifier of the key that the conversation is about; empty before there is one.
    func payloads(key: String) -> [RequestPayload] {
        switch self {
        case .discoverVersions:
            [.discoverVersions(DiscoverVersionsRequest())]
        case .queryServer:
            [.query(QueryRequest(functions: [.queryServerInformation]))]
        case .create:
            [.create(CreateRequest(objectType: .symmetricKey, template: Self.template))]
        case .get:
            [.get(GetRequest(uniqueIdentifier: key))]
        case .state:
            [.getAttributes(GetAttributesRequest(uniqueIdentifier: key, names: [.state]))]
        case .absentAttribute(let name):
            [.getAttributes(GetAttributesRequest(uniqueIdentifier: key, names: [AttributeName(name)]))]
        case .addAttributes(let attributes):
            attributes.map { attribute in
                let value = Attribute(AttributeName(attribute.name), .text(attribute.text))
                return .addAttribute(AddAttributeRequest(uniqueIdentifier: key, attribute: value))
            }
        case .activate:
            [.activate(ActivateRequest(uniqueIdentifier: key))]
        case .revoke:
            [.revoke(RevokeRequest(uniqueIdentifier: key, reason: RevocationReason(.cessationOfOperation)))]
        case .destroy:
            [.destroy(DestroyRequest(uniqueIdentifier: key))]
        }
    }

    private static let template = TemplateAttribute([
        Attribute(.cryptographicAlgorithm, .enumeration(CryptographicAlgorithm.aes.rawValue)),
        Attribute(
            .cryptographicUsageMask,
            .integer(CryptographicUsageMask([.encrypt, .decrypt]).rawValue)
        ),
        Attribute(.cryptographicLength, .integer(256)),
    ])

    /// In words, for people.
    package var title: String {
        switch self {
        case .discoverVersions: "Discover Versions"
        case .queryServer: "Query, server information"
        case .create: "Create, AES-256"
        case .get: "Get"
        case .state: "Get Attributes, State"
        case .absentAttribute(let name): "Get Attributes, \(name)"
        case .addAttributes(let attributes): "Add Attribute, " + attributes.map(\.name).joined(separator: ", ")
        case .activate: "Activate"
        case .revoke: "Revoke"
        case .destroy: "Destroy"
        }
    }
}
