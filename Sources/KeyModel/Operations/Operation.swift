/// An operation on managed objects, as the gateway asks a worker for it.
///
/// An identifier that is absent means the ID placeholder: the object that an earlier operation of the same batch made
/// or found (KMIP 1.4, 4 "ID Placeholder").
package enum Operation: Hashable, Sendable {
    case create(CreateOperation)
    case register(RegisterOperation)
    case get(GetOperation)
    case getAttributes(GetAttributesOperation)
    case getAttributeList(GetAttributeListOperation)
    case addAttribute(AddAttributeOperation)
    case modifyAttribute(ModifyAttributeOperation)
    case deleteAttribute(DeleteAttributeOperation)
    case locate(LocateOperation)
    case activate(ActivateOperation)
    case revoke(RevokeOperation)
    case destroy(DestroyOperation)
}

/// Create (4.1): the HSM generates a key.
package struct CreateOperation: Hashable, Sendable {
    package let objectType: ObjectType
    package let attributes: [Attribute]

    package init(objectType: ObjectType, attributes: [Attribute]) {
        self.objectType = objectType
        self.attributes = attributes
    }
}

/// Register (4.3): the client brings a key, which the gateway has wrapped under its transport key.
package struct RegisterOperation: Hashable, Sendable {
    package let objectType: ObjectType
    package let attributes: [Attribute]
    /// What the object's own Key Block says; nil where it says nothing.
    package let algorithm: KeyAlgorithm?
    package let length: Int?
    package let material: TransportedKeyMaterial
    /// SHA-256 of the material, made by the gateway, which is the last to see it in clear.
    package let digest: [UInt8]

    package init(
        objectType: ObjectType,
        attributes: [Attribute],
        algorithm: KeyAlgorithm?,
        length: Int?,
        material: TransportedKeyMaterial,
        digest: [UInt8]
    ) {
        self.objectType = objectType
        self.attributes = attributes
        self.algorithm = algorithm
        self.length = length
        self.material = material
        self.digest = digest
    }
}

/// Get (4.11).
package struct GetOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?

    package init(identifier: UniqueIdentifier?) {
        self.identifier = identifier
    }
}

/// Get Attributes (4.12). No names ask for all.
package struct GetAttributesOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?
    package let names: [AttributeName]

    package init(identifier: UniqueIdentifier?, names: [AttributeName]) {
        self.identifier = identifier
        self.names = names
    }
}

/// Get Attribute List (4.13).
package struct GetAttributeListOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?

    package init(identifier: UniqueIdentifier?) {
        self.identifier = identifier
    }
}

/// Add Attribute (4.14). The server gives the new instance its index.
package struct AddAttributeOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?
    package let attribute: Attribute

    package init(identifier: UniqueIdentifier?, attribute: Attribute) {
        self.identifier = identifier
        self.attribute = attribute
    }
}

/// Modify Attribute (4.15).
package struct ModifyAttributeOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?
    package let attribute: Attribute

    package init(identifier: UniqueIdentifier?, attribute: Attribute) {
        self.identifier = identifier
        self.attribute = attribute
    }
}

/// Delete Attribute (4.16).
package struct DeleteAttributeOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?
    package let name: AttributeName
    package let index: Int

    package init(identifier: UniqueIdentifier?, name: AttributeName, index: Int) {
        self.identifier = identifier
        self.name = name
        self.index = index
    }
}

/// Locate (4.9).
package struct LocateOperation: Hashable, Sendable {
    package let filter: ObjectFilter
    /// Nil for no limit of the client's own.
    package let maximumItems: Int?
    /// How many of those found to leave out (KMIP 1.3 and later).
    package let offset: Int

    package init(filter: ObjectFilter, maximumItems: Int?, offset: Int) {
        self.filter = filter
        self.maximumItems = maximumItems
        self.offset = offset
    }
}

/// Activate (4.19).
package struct ActivateOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?

    package init(identifier: UniqueIdentifier?) {
        self.identifier = identifier
    }
}

/// Revoke (4.20).
package struct RevokeOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?
    package let reason: RevocationReason
    package let compromiseOccurrence: Timestamp?

    package init(identifier: UniqueIdentifier?, reason: RevocationReason, compromiseOccurrence: Timestamp?) {
        self.identifier = identifier
        self.reason = reason
        self.compromiseOccurrence = compromiseOccurrence
    }
}

/// Destroy (4.21).
package struct DestroyOperation: Hashable, Sendable {
    package let identifier: UniqueIdentifier?

    package init(identifier: UniqueIdentifier?) {
        self.identifier = identifier
    }
}

extension Operation {
    /// The object that the operation names; nil for the ID placeholder, and for operations that name none.
    package var identifier: UniqueIdentifier? {
        switch self {
        case .create, .register, .locate: nil
        case .get(let request): request.identifier
        case .getAttributes(let request): request.identifier
        case .getAttributeList(let request): request.identifier
        case .addAttribute(let request): request.identifier
        case .modifyAttribute(let request): request.identifier
        case .deleteAttribute(let request): request.identifier
        case .activate(let request): request.identifier
        case .revoke(let request): request.identifier
        case .destroy(let request): request.identifier
        }
    }

    /// Whether the operation changes what the key store keeps, other than the audit trail.
    package var changesStore: Bool {
        switch self {
        case .create, .register, .addAttribute, .modifyAttribute, .deleteAttribute, .activate, .revoke, .destroy: true
        case .get, .getAttributes, .getAttributeList, .locate: false
        }
    }
}
