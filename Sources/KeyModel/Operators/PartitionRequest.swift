/// What operators ask of the partition: the token, or group of tokens, whose workers answer.
package enum PartitionRequest: OperatorRequest {
    /// Answered by `OperatorAnswer.partition`.
    case describe

    package var name: String { "partition.describe" }
    package var requiredRole: Operator.Role? { nil }
    package var effect: OperatorRequestEffect { .none }
}

/// A partition as operators see it.
package struct PartitionDescription: Hashable, Sendable {
    package struct RootKeyDescription: Hashable, Sendable {
        package let rootKey: RootKey
        package let currentVersion: Int?
        /// The deletion that waits, or is at work.
        package let deletion: RootKeyDeletion.Description?

        package init(rootKey: RootKey, currentVersion: Int?, deletion: RootKeyDeletion.Description? = nil) {
            self.rootKey = rootKey
            self.currentVersion = currentVersion
            self.deletion = deletion
        }
    }

    package let partition: PartitionName
    package let authorityGeneration: UInt64
    package let tokenSerial: String
    package let rootKeys: [RootKeyDescription]

    package init(
        partition: PartitionName,
        authorityGeneration: UInt64,
        tokenSerial: String,
        rootKeys: [RootKeyDescription]
    ) {
        self.partition = partition
        self.authorityGeneration = authorityGeneration
        self.tokenSerial = tokenSerial
        self.rootKeys = rootKeys
    }
}
