/// A key as operators see it: its record without the material.
package struct KeyDescription: Hashable, Sendable {
    package let identifier: UniqueIdentifier
    package let objectType: ObjectType
    package let algorithm: KeyAlgorithm
    /// In bits.
    package let length: Int
    package let state: ObjectState
    package let dates: Dates
    package let revocationReason: RevocationReason?
    /// Names, and custom attributes whose value is text: those that vCenter sets are among them. Every value is text.
    package let attributes: [Attribute]
    /// What the material is wrapped under; nil once it is destroyed.
    package let wrapping: Wrapping?
    package let revision: Int64

    package struct Wrapping: Hashable, Sendable {
        package let rootKey: RootKeyIdentifier
        package let version: Int

        package init(rootKey: RootKeyIdentifier, version: Int) {
            self.rootKey = rootKey
            self.version = version
        }
    }

    /// Those that people ask for, of a key that may never have had some.
    package struct Dates: Hashable, Sendable {
        package var created: Timestamp?
        package var activation: Timestamp?
        package var deactivation: Timestamp?
        package var destroyed: Timestamp?
        package var compromiseOccurrence: Timestamp?
        package var compromise: Timestamp?
        package var lastChange: Timestamp?
        /// When the key was last given out. Not authenticated: it decides nothing.
        package var lastRetrieved: Timestamp?

        package init() {}

        init(_ dates: ObjectDates, lastRetrieved: Timestamp?) {
            created = dates.initial
            activation = dates.activation
            deactivation = dates.deactivation
            destroyed = dates.destroy
            compromiseOccurrence = dates.compromiseOccurrence
            compromise = dates.compromise
            lastChange = dates.lastChange
            self.lastRetrieved = lastRetrieved
        }
    }

    package init(
        identifier: UniqueIdentifier,
        objectType: ObjectType,
        algorithm: KeyAlgorithm,
        length: Int,
        state: ObjectState,
        dates: Dates,
        revocationReason: RevocationReason?,
        attributes: [Attribute],
        wrapping: Wrapping?,
        revision: Int64
    ) {
        self.identifier = identifier
        self.objectType = objectType
        self.algorithm = algorithm
        self.length = length
        self.state = state
        self.dates = dates
        self.revocationReason = revocationReason
        self.attributes = attributes
        self.wrapping = wrapping
        self.revision = revision
    }

    /// - Parameter object: settled.
    package init(_ object: ManagedObject, lastRetrieved: Timestamp?) {
        self.init(
            identifier: object.identifier,
            objectType: object.objectType,
            algorithm: object.algorithm,
            length: object.length,
            state: object.state,
            dates: Dates(object.dates, lastRetrieved: lastRetrieved),
            revocationReason: object.revocationReason,
            attributes: object.attributes.compactMap(\.describing),
            wrapping: object.material.map { Wrapping(rootKey: $0.rootKey, version: $0.rootKeyVersion) },
            revision: object.revision
        )
    }

    /// An estimate of its size as a message, in bytes.
    package var byteCount: Int {
        attributes.reduce(512 + (revocationReason?.message?.utf8.count ?? 0)) { sum, attribute in
            sum + 16 + attribute.name.text.utf8.count + attribute.value.byteCount
        }
    }
}

/// A key in a list. A record that can't be believed is shown as that.
package enum KeyEntry: Hashable, Sendable {
    case key(KeyDescription)
    /// The record fails its authentication: someone or something altered it.
    case corrupted(UniqueIdentifier)
}

extension Attribute {
    /// The attribute as operators see it; nil for what is not text, or none of theirs.
    fileprivate var describing: Attribute? {
        switch value {
        case .text where name.isClientCustom || name.isServerCustom || name == .name: self
        case .structure where name == .name:
            value.field("Name Value").flatMap { text in
                if case .text = text { Attribute(name: name, index: index, value: text) } else { nil }
            }
        default: nil
        }
    }
}
