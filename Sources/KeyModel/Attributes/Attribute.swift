/// One instance of an attribute: name, index and typed value (KMIP 1.4, 2.1.1).
package struct Attribute: Hashable, Sendable {
    package let name: AttributeName
    /// Tells instances of a multi-instance attribute apart, from 0; an index stays with its instance when others go.
    package let index: Int
    package let value: AttributeValue

    package init(name: AttributeName, index: Int = 0, value: AttributeValue) {
        self.name = name
        self.index = index
        self.value = value
    }
}

/// An attribute's name as the standard spells it ("Cryptographic Length"), or a custom one ("x-Product").
package struct AttributeName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }

    /// Custom attributes that clients set begin with `x-` (3.39); the standard leaves what follows to them.
    package var isClientCustom: Bool { text.hasPrefix("x-") }

    /// Custom attributes that servers set begin with `y-`.
    package var isServerCustom: Bool { text.hasPrefix("y-") }

    package static let uniqueIdentifier = AttributeName("Unique Identifier")
    package static let name = AttributeName("Name")
    package static let objectType = AttributeName("Object Type")
    package static let cryptographicAlgorithm = AttributeName("Cryptographic Algorithm")
    package static let cryptographicLength = AttributeName("Cryptographic Length")
    package static let cryptographicParameters = AttributeName("Cryptographic Parameters")
    package static let digest = AttributeName("Digest")
    package static let operationPolicyName = AttributeName("Operation Policy Name")
    package static let cryptographicUsageMask = AttributeName("Cryptographic Usage Mask")
    package static let state = AttributeName("State")
    package static let initialDate = AttributeName("Initial Date")
    package static let activationDate = AttributeName("Activation Date")
    package static let processStartDate = AttributeName("Process Start Date")
    package static let protectStopDate = AttributeName("Protect Stop Date")
    package static let deactivationDate = AttributeName("Deactivation Date")
    package static let destroyDate = AttributeName("Destroy Date")
    package static let compromiseOccurrenceDate = AttributeName("Compromise Occurrence Date")
    package static let compromiseDate = AttributeName("Compromise Date")
    package static let revocationReason = AttributeName("Revocation Reason")
    package static let objectGroup = AttributeName("Object Group")
    package static let link = AttributeName("Link")
    package static let applicationSpecificInformation = AttributeName("Application Specific Information")
    package static let contactInformation = AttributeName("Contact Information")
    package static let lastChangeDate = AttributeName("Last Change Date")
    package static let alternativeName = AttributeName("Alternative Name")
    package static let description = AttributeName("Description")
    package static let comment = AttributeName("Comment")
    package static let originalCreationDate = AttributeName("Original Creation Date")
}
