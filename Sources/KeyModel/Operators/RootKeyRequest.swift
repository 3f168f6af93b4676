/// What operators ask of root keys. One is named by its identifier or by its name.
package enum RootKeyRequest: OperatorRequest {
    /// Answered by `RootKeyAnswer.list`.
    case list
    /// Answered by `RootKeyAnswer.rootKey`, as everything else but `rotate`.
    case show(String)
    case create(name: String)
    /// Answered by `RootKeyAnswer.rotation`.
    case rotate(String)
    case suspend(String)
    case resume(String)
    /// What an owner wraps a key of his own under. Answered by `RootKeyAnswer.importToken`.
    case importToken
    /// Makes a root key of one that its owner made and wrapped. Signed, as everything that decides who knows a root key.
    case importKey(name: String, wrapped: [UInt8], signed: SignedStatement)
    /// As `rotate`, with a version that the owner made and wrapped. Answered by `RootKeyAnswer.rotation`.
    case importVersion(String, wrapped: [UInt8], signed: SignedStatement)
    /// Takes the statements of two key owners, of whom one asks.
    case delete(String, signed: [SignedStatement])
    /// Ends a deletion whose waiting time is not over. The root key is suspended then.
    case restore(String)
    /// The report of a deletion that has come to its end, from a byte on. Answered by `RootKeyAnswer.deletionReport`.
    case deletionReport(String, offset: Int)

    package var name: String {
        switch self {
        case .list: "root-key.list"
        case .show: "root-key.show"
        case .create: "root-key.create"
        case .rotate: "root-key.rotate"
        case .suspend: "root-key.suspend"
        case .resume: "root-key.resume"
        case .importToken: "root-key.import-token"
        case .importKey: "root-key.import"
        case .importVersion: "root-key.import-version"
        case .delete: "root-key.delete"
        case .restore: "root-key.restore"
        case .deletionReport: "root-key.deletion-report"
        }
    }

    package var requiredRole: Operator.Role? {
        switch self {
        case .list, .show, .importToken, .deletionReport: nil
        case .create, .rotate, .suspend, .resume, .importKey, .importVersion, .delete, .restore: .keyOwner
        }
    }

    package var effect: OperatorRequestEffect {
        switch self {
        case .list, .show, .importToken, .deletionReport: .none
        case .create, .rotate, .suspend, .resume, .importKey, .importVersion, .delete, .restore: .rootKey
        }
    }
}

package enum RootKeyAnswer: Hashable, Sendable {
    case list([RootKeyDescription])
    case rootKey(RootKeyDescription)
    /// The operation that moves the keys.
    case rotation(BackgroundOperation)
    /// What a worker signed of the import key, for the owner to verify: nobody in between is believed.
    case importToken(SignedStatement)
    case deletionReport(DeletionReportPart)
}

/// A root key as operators see it.
package struct RootKeyDescription: Hashable, Sendable {
    /// One version of it, and what it is still needed for.
    package struct Version: Hashable, Sendable {
        package let version: Int
        package let status: RootKeyVersion.Status
        package let created: Timestamp
        /// How many keys of each instance are wrapped under it, by the instance's name; instances without any are left
        /// out.
        package let objectCounts: [String: Int]
        /// Of a retired version: until when it stays at least, for backups that need it. After that it stays only as long
        /// as keys are under it.
        package let keptUntil: Timestamp?

        package init(
            version: Int,
            status: RootKeyVersion.Status,
            created: Timestamp,
            objectCounts: [String: Int],
            keptUntil: Timestamp?
        ) {
            self.version = version
            self.status = status
            self.created = created
            self.objectCounts = objectCounts
            self.keptUntil = keptUntil
        }
    }

    package let rootKey: RootKey
    /// In order.
    package let versions: [Version]
    /// The names of the instances whose new keys are wrapped under it.
    package let instances: [String]
    /// The rotation that is running.
    package let rotation: OperationIdentifier?
    /// The deletion that waits, or is at work.
    package let deletion: RootKeyDeletion.Description?

    package init(
        rootKey: RootKey,
        versions: [Version],
        instances: [String],
        rotation: OperationIdentifier?,
        deletion: RootKeyDeletion.Description? = nil
    ) {
        self.rootKey = rootKey
        self.versions = versions
        self.instances = instances
        self.rotation = rotation
        self.deletion = deletion
    }
}
