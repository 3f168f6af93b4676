/// An instance: one key provider as vCenter sees it.
package struct Instance: Hashable, Sendable {
    /// Where an instance is in its life. Only an installed one serves keys.
    package enum Status: String, Hashable, Sendable, CaseIterable {
        case installing, inactive, configuring, installed, removing
    }

    package let identifier: InstanceIdentifier
    /// `kmip-xx` by default; unique.
    package let name: String
    package let status: Status
    package let partition: PartitionName
    /// The root key that new objects are wrapped under; nil until the instance is activated.
    package let rootKey: RootKeyIdentifier?
    package let created: Timestamp

    package init(
        identifier: InstanceIdentifier,
        name: String,
        status: Status,
        partition: PartitionName,
        rootKey: RootKeyIdentifier?,
        created: Timestamp
    ) {
        self.identifier = identifier
        self.name = name
        self.status = status
        self.partition = partition
        self.rootKey = rootKey
        self.created = created
    }
}
