package import FoundationEssentials

/// A key of an instance (`Key` in openapi.yaml): its record without the material.
///
/// Of a record that fails its authentication there is nothing but the identifier and that.
package struct KeyResource: Codable, Hashable, Sendable {
    package let identifier: String
    /// `vmware_kmip-<instance>-<identifier>`.
    package let displayName: String
    /// `pre-active`, `active`, `deactivated`, `compromised`, `destroyed` or `destroyed-compromised`; `corrupted` for a
    /// record that fails its authentication.
    package let state: String
    package var content: KeyContent?

    package init(identifier: String, instance: String, state: String, content: KeyContent?) {
        self.identifier = identifier
        displayName = "vmware_kmip-\(instance)-\(identifier)"
        self.state = state
        self.content = content
    }

    package static let corrupted = "corrupted"

    /// The values of an attribute, such as `x-Name`, in the order of their indices.
    package func attribute(_ name: String) -> [String] {
        content?.attributes.filter { $0.name == name }.map(\.value) ?? []
    }
}

/// What an authentic record of a key says; in JSON it is not a part of its own.
package struct KeyContent: Codable, Hashable, Sendable {
    package let objectType: String
    package let algorithm: String
    /// In bits.
    package let length: Int
    package let created: Date?
    package let activated: Date?
    package let deactivated: Date?
    package let destroyed: Date?
    package let compromiseOccurred: Date?
    package let compromised: Date?
    package let lastChanged: Date?
    /// When the key was last given out; absent if it never was.
    package let lastRetrieved: Date?
    package let revocation: KeyRevocation?
    /// Names, and custom attributes whose value is text.
    package let attributes: [KeyAttribute]
    /// The identifier of the root key that it is wrapped under; absent once it is destroyed.
    package let rootKey: String?
    package let rootKeyVersion: Int?
    /// Counts the changes of the record.
    package let revision: Int64

    package init(
        kind: (objectType: String, algorithm: String, length: Int),
        dates: Dates,
        revocation: KeyRevocation?,
        attributes: [KeyAttribute],
        rootKey: (identifier: String, version: Int)?,
        revision: Int64
    ) {
        objectType = kind.objectType
        algorithm = kind.algorithm
        length = kind.length
        created = dates.created
        activated = dates.activated
        deactivated = dates.deactivated
        destroyed = dates.destroyed
        compromiseOccurred = dates.compromiseOccurred
        compromised = dates.compromised
        lastChanged = dates.lastChanged
        lastRetrieved = dates.lastRetrieved
        self.revocation = revocation
        self.attributes = attributes
        self.rootKey = rootKey?.identifier
        rootKeyVersion = rootKey?.version
        self.revision = revision
    }

    package struct Dates: Sendable {
        package var created: Date?
        package var activated: Date?
        package var deactivated: Date?
        package var destroyed: Date?
        package var compromiseOccurred: Date?
        package var compromised: Date?
        package var lastChanged: Date?
        package var lastRetrieved: Date?

        package init() {}
    }
}

package struct KeyAttribute: Codable, Hashable, Sendable {
    package let name: String
    package let value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// Why a key is revoked (`Revocation` in openapi.yaml).
package struct KeyRevocation: Codable, Hashable, Sendable {
    package let reason: String
    package let message: String?

    package init(reason: KeyRevocationReason, message: String?) {
        self.init(reason: reason.rawValue, message: message)
    }

    package init(reason: String, message: String?) {
        self.reason = reason
        self.message = message
    }
}

/// Keys that are to be revoked in the background (`RevocationOrder` in openapi.yaml).
package struct RevocationOrderResource: Codable, Hashable, Sendable {
    /// So many keys take one order.
    package static let mostKeys = 1_000

    package let keys: [String]
    package let reason: String
    package let message: String?
    /// A key that was given out at that moment, by RFC 3339, or later is let alone; nil where it does not matter.
    package let notRetrievedSince: String?

    package init(keys: [String], because revocation: KeyRevocation, notRetrievedSince: Date?) {
        self.keys = keys
        self.reason = revocation.reason
        self.message = revocation.message
        self.notRetrievedSince = notRetrievedSince?.formatted(.iso8601)
    }
}

/// The reasons that the standard has (KMIP 1.4, 9.1.3.2.19), in its order, from 1.
package enum KeyRevocationReason: String, Codable, Hashable, Sendable, CaseIterable {
    case unspecified
    case keyCompromise = "key-compromise"
    case caCompromise = "ca-compromise"
    case affiliationChanged = "affiliation-changed"
    case superseded
    case cessationOfOperation = "cessation-of-operation"
    case privilegeWithdrawn = "privilege-withdrawn"

    /// Whether the key counts as compromised from then on, and can't be restored.
    package var meansCompromise: Bool {
        self == .keyCompromise || self == .caCompromise
    }
}

extension KeyResource {
    private enum CodingKeys: CodingKey {
        case identifier, displayName, state
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        identifier = try container.decode(String.self, forKey: .identifier)
        displayName = try container.decode(String.self, forKey: .displayName)
        state = try container.decode(String.self, forKey: .state)
        content = state == Self.corrupted ? nil : try KeyContent(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(identifier, forKey: .identifier)
        try container.encode(displayName, forKey: .displayName)
        try container.encode(state, forKey: .state)
        try content?.encode(to: encoder)
    }
}

/// An audit event about a key (`KeyEvent` in openapi.yaml).
package struct KeyEventResource: Codable, Hashable, Sendable {
    package let time: Date
    /// Such as `kmip-key.read`.
    package let action: String
    /// `CertificateID-<fingerprint>` of a client, `Operator-<fingerprint>`, or the name of a service.
    package let initiator: String
    /// The network address that the request came from.
    package let address: String
    /// Whether it was done.
    package let succeeded: Bool
    /// Why not, as a word; absent if it was.
    package let failure: String?
    /// Whether it repeats an answer that was given before.
    package let isRepeat: Bool
    package let requestId: String

    package init(
        time: Date,
        action: String,
        initiator: String,
        address: String,
        failure: String?,
        isRepeat: Bool,
        requestId: String
    ) {
        self.time = time
        self.action = action
        self.initiator = initiator
        self.address = address
        succeeded = failure == nil
        self.failure = failure
        self.isRepeat = isRepeat
        self.requestId = requestId
    }
}

/// A part of a key's history (`KeyHistory` in openapi.yaml), newest first.
package struct KeyHistoryPage: Codable, Hashable, Sendable {
    package let items: [KeyEventResource]
    package let nextCursor: String?
    /// How many records of this part fail their authentication, and are not among the items.
    package let corruptedCount: Int

    package init(items: [KeyEventResource], nextCursor: String?, corruptedCount: Int) {
        self.items = items
        self.nextCursor = nextCursor
        self.corruptedCount = corruptedCount
    }
}
