/// What operators ask of the partition: the token, or group of tokens, whose workers answer.
package enum PartitionRequest: OperatorRequest {
    /// Answered by `OperatorAnswer.partition`.
    case describe

    package var name: String { "partition.describe" }
    package var requiredRole: Operator.Role? { nil }
    package var effect: OperatorRequestEffect { .none }
}

/// A certificate that has expired or soon will, and that somebody should see to.
package struct ExpiringCertificate: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Of an instance's client.
        case client
        /// Of a gateway, an admin front or a worker in the pipeline.
        case identity
        case `operator`
        /// What a gateway or an admin front shows to its clients.
        case server
    }

    /// From so many seconds before its end on.
    package static let warningSeconds: Int64 = 30 * 86_400

    package let kind: Kind
    /// For people: a client's is `instance/name`.
    package let name: String
    package let end: Timestamp

    package init(kind: Kind, name: String, end: Timestamp) {
        self.kind = kind
        self.name = name
        self.end = end
    }
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
    /// Of clients, services and operators, those that end first first.
    package let expiring: [ExpiringCertificate]

    package init(
        partition: PartitionName,
        authorityGeneration: UInt64,
        tokenSerial: String,
        rootKeys: [RootKeyDescription],
        expiring: [ExpiringCertificate]
    ) {
        self.partition = partition
        self.authorityGeneration = authorityGeneration
        self.tokenSerial = tokenSerial
        self.rootKeys = rootKeys
        self.expiring = expiring
    }
}
