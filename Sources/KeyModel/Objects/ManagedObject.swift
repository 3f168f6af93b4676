/// A managed object as the key store keeps it: a key with its state, its dates and its attributes (KMIP 1.4, 2.1).
package struct ManagedObject: Hashable, Sendable {
    package let identifier: UniqueIdentifier
    package let instance: InstanceIdentifier
    package let objectType: ObjectType
    package let algorithm: KeyAlgorithm
    /// Cryptographic Length in bits (3.5).
    package let length: Int
    package let usageMask: UsageMask
    /// SHA-256 of the material (3.17).
    package let digest: [UInt8]
    /// Nil once the object is destroyed.
    package var material: WrappedKeyMaterial?

    /// The state when the record was last written. Dates that have passed since count too: see `settle(at:)`.
    package var state: ObjectState
    package var dates: ObjectDates
    package var revocationReason: RevocationReason?
    /// What clients set: names, groups, custom attributes. What has a field of its own is not repeated here.
    package var attributes: [Attribute]
    /// Counts the record's changes, so that of two writers who read the same record one learns that it was late.
    package var revision: Int64

    package init(
        identifier: UniqueIdentifier,
        instance: InstanceIdentifier,
        template: ObjectTemplate,
        digest: [UInt8],
        material: WrappedKeyMaterial,
        createdAt now: Timestamp
    ) {
        self.identifier = identifier
        self.instance = instance
        self.objectType = template.objectType
        self.algorithm = template.algorithm
        self.length = template.length
        self.usageMask = template.usageMask
        self.digest = digest
        self.material = material
        self.state = .preActive
        self.dates = template.dates
        self.dates.initial = now
        self.dates.lastChange = now
        self.revocationReason = nil
        self.attributes = template.attributes
        self.revision = 0
        settle(at: now)
    }

    /// Restores a record from the store, field by field.
    package init(stored fields: StoredFields) {
        self.identifier = fields.identifier
        self.instance = fields.instance
        self.objectType = fields.objectType
        self.algorithm = fields.algorithm
        self.length = fields.length
        self.usageMask = fields.usageMask
        self.digest = fields.digest
        self.material = fields.material
        self.state = fields.state
        self.dates = fields.dates
        self.revocationReason = fields.revocationReason
        self.attributes = fields.attributes
        self.revision = fields.revision
    }

    /// The fields of a stored record, for the key store alone.
    package struct StoredFields: Sendable {
        package var identifier: UniqueIdentifier
        package var instance: InstanceIdentifier
        package var objectType: ObjectType
        package var algorithm: KeyAlgorithm
        package var length: Int
        package var usageMask: UsageMask
        package var digest: [UInt8]
        package var material: WrappedKeyMaterial?
        package var state: ObjectState
        package var dates: ObjectDates
        package var revocationReason: RevocationReason?
        package var attributes: [Attribute]
        package var revision: Int64

        package init(
            identifier: UniqueIdentifier,
            instance: InstanceIdentifier,
            objectType: ObjectType,
            algorithm: KeyAlgorithm,
            length: Int,
            usageMask: UsageMask,
            digest: [UInt8],
            material: WrappedKeyMaterial?,
            state: ObjectState,
            dates: ObjectDates,
            revocationReason: RevocationReason?,
            attributes: [Attribute],
            revision: Int64
        ) {
            self.identifier = identifier
            self.instance = instance
            self.objectType = objectType
            self.algorithm = algorithm
            self.length = length
            self.usageMask = usageMask
            self.digest = digest
            self.material = material
            self.state = state
            self.dates = dates
            self.revocationReason = revocationReason
            self.attributes = attributes
            self.revision = revision
        }
    }
}
