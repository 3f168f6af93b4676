package import FoundationEssentials

/// A root key with its versions and what uses it (`RootKeyDetails` in openapi.yaml).
package struct RootKeyDetails: Codable, Hashable, Sendable {
    package let identifier: String
    package let name: String
    package let partition: String
    /// `active`, `suspended`, `deleting` or `deleted`. Only an active one is used.
    package let status: String
    package let created: Date
    /// The version that new keys are wrapped under; absent where there is none.
    package let currentVersion: Int?
    /// In order.
    package let versions: [RootKeyVersionResource]
    /// The names of the instances whose new keys are wrapped under it.
    package let instances: [String]
    /// The identifier of the rotation that is running.
    package let rotation: String?
    /// The deletion that waits, or is at work.
    package let deletion: RootKeyDeletionResource?

    package init(
        identifier: String,
        name: String,
        partition: String,
        status: String,
        created: Date,
        versions: [RootKeyVersionResource],
        instances: [String],
        rotation: String?,
        deletion: RootKeyDeletionResource? = nil
    ) {
        self.identifier = identifier
        self.name = name
        self.partition = partition
        self.status = status
        self.created = created
        self.currentVersion = versions.last { $0.status == "current" }?.version
        self.versions = versions
        self.instances = instances
        self.rotation = rotation
        self.deletion = deletion
    }
}

/// A deletion of a root key that waits, or is at work (`RootKeyDeletion` in openapi.yaml).
package struct RootKeyDeletionResource: Codable, Hashable, Sendable {
    /// The identifier of the operation.
    package let operation: String
    /// Until then it can be restored.
    package let due: Date
    /// All is destroyed but a ticket key that is in use: set-up has to make another one.
    package let isWaitingForTicketKey: Bool

    package init(operation: String, due: Date, isWaitingForTicketKey: Bool) {
        self.operation = operation
        self.due = due
        self.isWaitingForTicketKey = isWaitingForTicketKey
    }
}

/// The order to delete a root key, signed by two key owners (`RootKeyDeletionOrder` in openapi.yaml).
package struct RootKeyDeletionOrder: Codable, Hashable, Sendable {
    package static let signatureCount = 2

    /// Two, one of them by the operator who asks.
    package let signed: [SignedStatementResource]

    package init(signed: [SignedStatementResource]) {
        self.signed = signed
    }
}

/// One version of a root key (`RootKeyVersion` in openapi.yaml).
package struct RootKeyVersionResource: Codable, Hashable, Sendable {
    package let version: Int
    /// `current`, `retired`, `destroying` or `destroyed`.
    package let status: String
    package let created: Date
    /// How many keys are wrapped under it.
    package let keyCount: Int
    /// How many of each instance, by its name.
    package let neededBy: [String: Int]
    /// Of a retired version: until when it stays at least, for backups that need it. It is destroyed then, or once no key
    /// is under it any more.
    package let keptUntil: Date?

    package init(version: Int, status: String, created: Date, neededBy: [String: Int], keptUntil: Date?) {
        self.version = version
        self.status = status
        self.created = created
        self.keyCount = neededBy.values.reduce(0, +)
        self.neededBy = neededBy
        self.keptUntil = keptUntil
    }
}

/// A root key to make (`NewRootKey` in openapi.yaml).
package struct NewRootKey: Codable, Hashable, Sendable {
    package let name: String

    package init(name: String) {
        self.name = name
    }
}

/// A root key that its owner made (`RootKeyToImport` in openapi.yaml).
package struct RootKeyToImport: Codable, Hashable, Sendable {
    package let name: String
    /// 32 bytes, wrapped by RSA-OAEP under the public key of the import token.
    package let wrappedKey: Data
    package let signed: SignedStatementResource

    package init(name: String, wrappedKey: [UInt8], signed: SignedStatementResource) {
        self.name = name
        self.wrappedKey = Data(wrappedKey)
        self.signed = signed
    }
}

/// The next version of a root key, as its owner made it (`RootKeyVersionToImport` in openapi.yaml).
package struct RootKeyVersionToImport: Codable, Hashable, Sendable {
    /// As of `RootKeyToImport`.
    package let wrappedKey: Data
    package let signed: SignedStatementResource

    package init(wrappedKey: [UInt8], signed: SignedStatementResource) {
        self.wrappedKey = Data(wrappedKey)
        self.signed = signed
    }
}
