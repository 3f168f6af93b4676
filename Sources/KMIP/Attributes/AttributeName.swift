/// The name of an attribute: one of the standard's (KMIP 1.4, chapter 3), a client's (`x-…`) or a server's (`y-…`).
package struct AttributeName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(_ name: String) {
        self.init(rawValue: name)
    }

    package var description: String {
        rawValue
    }

    /// Whether the name is one of those that clients and servers make up themselves (section 3.39).
    package var isCustom: Bool {
        rawValue.hasPrefix("x-") || rawValue.hasPrefix("y-")
    }

    /// What the standard says about the attribute; nil for a custom attribute, and for a name that it does not have.
    package var definition: AttributeDefinition? {
        AttributeDefinition.standard[self]
    }

    /// Whether the standard has the attribute, but only since a later version.
    func isNewer(than version: ProtocolVersion) -> Bool {
        definition.map { $0.since > version } ?? false
    }

    /// Whether the name means something in that version: custom names always do.
    package func isDefined(in version: ProtocolVersion) -> Bool {
        isCustom || (definition.map { $0.since <= version } ?? false)
    }
}

extension AttributeName {
    package static let uniqueIdentifier = Self("Unique Identifier")
    package static let name = Self("Name")
    package static let objectType = Self("Object Type")
    package static let cryptographicAlgorithm = Self("Cryptographic Algorithm")
    package static let cryptographicLength = Self("Cryptographic Length")
    package static let cryptographicParameters = Self("Cryptographic Parameters")
    package static let cryptographicDomainParameters = Self("Cryptographic Domain Parameters")
    package static let certificateType = Self("Certificate Type")
    package static let certificateLength = Self("Certificate Length")
    package static let x509CertificateIdentifier = Self("X.509 Certificate Identifier")
    package static let x509CertificateSubject = Self("X.509 Certificate Subject")
    package static let x509CertificateIssuer = Self("X.509 Certificate Issuer")
    package static let certificateIdentifier = Self("Certificate Identifier")
    package static let certificateSubject = Self("Certificate Subject")
    package static let certificateIssuer = Self("Certificate Issuer")
    package static let digitalSignatureAlgorithm = Self("Digital Signature Algorithm")
    package static let digest = Self("Digest")
    package static let operationPolicyName = Self("Operation Policy Name")
    package static let cryptographicUsageMask = Self("Cryptographic Usage Mask")
    package static let leaseTime = Self("Lease Time")
    package static let usageLimits = Self("Usage Limits")
    package static let state = Self("State")
    package static let initialDate = Self("Initial Date")
    package static let activationDate = Self("Activation Date")
    package static let processStartDate = Self("Process Start Date")
    package static let protectStopDate = Self("Protect Stop Date")
    package static let deactivationDate = Self("Deactivation Date")
    package static let destroyDate = Self("Destroy Date")
    package static let compromiseOccurrenceDate = Self("Compromise Occurrence Date")
    package static let compromiseDate = Self("Compromise Date")
    package static let revocationReason = Self("Revocation Reason")
    package static let archiveDate = Self("Archive Date")
    package static let objectGroup = Self("Object Group")
    package static let fresh = Self("Fresh")
    package static let link = Self("Link")
    package static let applicationSpecificInformation = Self("Application Specific Information")
    package static let contactInformation = Self("Contact Information")
    package static let lastChangeDate = Self("Last Change Date")
    package static let alternativeName = Self("Alternative Name")
    package static let keyValuePresent = Self("Key Value Present")
    package static let keyValueLocation = Self("Key Value Location")
    package static let originalCreationDate = Self("Original Creation Date")
    package static let randomNumberGenerator = Self("Random Number Generator")
    package static let pkcs12FriendlyName = Self("PKCS#12 Friendly Name")
    package static let descriptionText = Self("Description")
    package static let comment = Self("Comment")
    package static let sensitive = Self("Sensitive")
    package static let alwaysSensitive = Self("Always Sensitive")
    package static let extractable = Self("Extractable")
    package static let neverExtractable = Self("Never Extractable")
}
