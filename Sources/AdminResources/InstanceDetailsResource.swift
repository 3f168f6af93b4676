package import FoundationEssentials

/// All that is known of one instance (`InstanceDetails` in openapi.yaml).
package struct InstanceDetailsResource: Codable, Hashable, Sendable {
    package let name: String
    package let identifier: String
    package let status: String
    package let partition: String
    package let rootKey: String?
    package let rootKeyName: String?
    /// The version that new keys are wrapped under.
    package let rootKeyVersion: Int?
    package let created: Date
    package let isServing: Bool
    /// Why it does not serve, and what to do, in a sentence.
    package let whyNotServing: String?
    package let keyCounts: [String: Int]
    package let certificates: [CertificateResource]
    /// When a client was last seen, or a key given out; absent where that never was.
    package let lastUse: Date?
    /// The gateways that are heard, in order of name: any of them serves every instance.
    package let gateways: [GatewayEndpointResource]

    package init(
        instance: InstanceResource,
        rootKey: (name: String?, version: Int?),
        whyNotServing: String?,
        certificates: [CertificateResource],
        lastUse: Date?,
        gateways: [GatewayEndpointResource]
    ) {
        name = instance.name
        identifier = instance.identifier
        status = instance.status
        partition = instance.partition
        self.rootKey = instance.rootKey
        rootKeyName = rootKey.name
        rootKeyVersion = rootKey.version
        created = instance.created
        isServing = whyNotServing == nil
        self.whyNotServing = whyNotServing
        keyCounts = instance.keyCounts
        self.certificates = certificates
        self.lastUse = lastUse
        self.gateways = gateways
    }
}

/// An instance to make (`NewInstance` in openapi.yaml).
package struct NewInstance: Codable, Hashable, Sendable {
    /// Nil: `kmip-` and two letters, free of clashes.
    package let name: String?

    package init(name: String?) {
        self.name = name
    }
}

/// How an instance is to serve (`InstanceActivation` in openapi.yaml).
package struct InstanceActivation: Codable, Hashable, Sendable {
    /// The root key's identifier, or its name where no other root key has it.
    package let rootKey: String

    package init(rootKey: String) {
        self.rootKey = rootKey
    }
}

/// What became of an instance that was to be removed (`RemovedInstance` in openapi.yaml).
package struct RemovedInstance: Codable, Hashable, Sendable {
    package let name: String
    package let identifier: String
    /// Whether it is gone. Otherwise it is `removing`: it serves nothing, and its keys are being destroyed.
    package let isGone: Bool
    /// How many keys were still to be destroyed.
    package let remainingKeys: Int

    package init(name: String, identifier: String, remainingKeys: Int) {
        self.name = name
        self.identifier = identifier
        self.isGone = remainingKeys == 0
        self.remainingKeys = remainingKeys
    }
}
