package import FoundationEssentials

/// An instance: one key provider as vCenter sees it (`Instance` in openapi.yaml).
package struct InstanceResource: Codable, Hashable, Sendable {
    package let name: String
    package let identifier: String
    /// `installing`, `inactive`, `configuring`, `installed` or `removing`. Only an installed instance serves keys.
    package let status: String
    package let partition: String
    /// The identifier of the root key that new keys are wrapped under; absent until the instance is activated.
    package let rootKey: String?
    package let created: Date
    package let certificateCount: Int
    /// How many keys there are in each state. A state without any may be left out.
    package let keyCounts: [String: Int]

    package init(
        name: String,
        identifier: String,
        status: String,
        partition: String,
        rootKey: String?,
        created: Date,
        certificateCount: Int,
        keyCounts: [String: Int]
    ) {
        self.name = name
        self.identifier = identifier
        self.status = status
        self.partition = partition
        self.rootKey = rootKey
        self.created = created
        self.certificateCount = certificateCount
        self.keyCounts = keyCounts
    }
}
