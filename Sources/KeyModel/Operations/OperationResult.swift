/// What a worker answers to an operation that succeeded.
package enum OperationResult: Hashable, Sendable {
    case created(ObjectType, UniqueIdentifier)
    case registered(UniqueIdentifier)
    case got(RetrievedKey)
    case attributes(UniqueIdentifier, [Attribute])
    case attributeList(UniqueIdentifier, [AttributeName])
    case attributeAdded(UniqueIdentifier, Attribute)
    case attributeModified(UniqueIdentifier, Attribute)
    case attributeDeleted(UniqueIdentifier, Attribute)
    /// The identifiers within offset and limit, newest first, and how many there are without these; nil where not all were
    /// counted.
    case located([UniqueIdentifier], total: Int?)
    case activated(UniqueIdentifier)
    case revoked(UniqueIdentifier)
    case destroyed(UniqueIdentifier)
}

/// A key on its way to the client that asked for it: wrapped for one gateway.
package struct RetrievedKey: Hashable, Sendable {
    package let identifier: UniqueIdentifier
    package let objectType: ObjectType
    package let algorithm: KeyAlgorithm
    package let length: Int
    package let material: TransportedKeyMaterial
    /// SHA-256 that the record keeps: the gateway compares it with what it unwraps.
    package let digest: [UInt8]

    package init(
        identifier: UniqueIdentifier,
        objectType: ObjectType,
        algorithm: KeyAlgorithm,
        length: Int,
        material: TransportedKeyMaterial,
        digest: [UInt8]
    ) {
        self.identifier = identifier
        self.objectType = objectType
        self.algorithm = algorithm
        self.length = length
        self.material = material
        self.digest = digest
    }
}

/// The outcome of one operation of a batch.
package typealias OperationOutcome = Result<OperationResult, OperationFailure>
