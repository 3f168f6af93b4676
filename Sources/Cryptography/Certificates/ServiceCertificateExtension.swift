/// What a service certificate says about its holder: its role in the pipeline and the partitions it serves.
///
/// Two critical extensions, so that a verifier that does not know them refuses the certificate (RFC 5280, section
/// 4.2). Their identifiers are below an arc made of a random UUID (X.667, section 6),
/// 43af46e2-3745-4527-ba65-50141ba41b0c.
package struct ServiceCertificateExtension: Sendable, Hashable {
    private static let arc: UInt128 = 89_968_365_359_175_360_158_086_836_929_025_022_732
    /// role ::= UTF8String
    package static let roleIdentifier = ObjectIdentifier(2, 25, arc, 1).description
    /// partitions ::= SEQUENCE OF UTF8String
    package static let partitionsIdentifier = ObjectIdentifier(2, 25, arc, 2).description

    /// Both, for `CertificateAuthorityTrust(authority:understanding:)`.
    package static let identifiers = [roleIdentifier, partitionsIdentifier]

    private static let longestText = 64
    private static let mostPartitions = 256

    package let role: String
    package let partitions: [String]

    package init(role: String, partitions: [String]) {
        self.role = role
        self.partitions = partitions
    }

    /// Both extensions, for `CertificateTemplate.extensions`.
    package func extensions() throws(CryptographyError) -> [CertificateExtension] {
        let texts = [role] + partitions
        guard texts.allSatisfy(Self.isValid), partitions.count <= Self.mostPartitions else {
            throw CryptographyError(code: .invalidTemplate, operation: "ServiceCertificateExtension")
        }
        var roleValue = DERWriter()
        roleValue.utf8String(role)
        var partitionsValue = DERWriter()
        partitionsValue.sequence { sequence in
            for partition in partitions { sequence.utf8String(partition) }
        }
        return [
            CertificateExtension(identifier: Self.roleIdentifier, isCritical: true, value: roleValue.bytes),
            CertificateExtension(identifier: Self.partitionsIdentifier, isCritical: true, value: partitionsValue.bytes),
        ]
    }

    /// Reads both extensions of a certificate; nil where it has neither. One without the other, one that is not
    /// critical, or a text that is empty or too long is `invalidCertificate` or `invalidDER`.
    package init?(of certificate: Certificate) throws(CryptographyError) {
        let role = certificate.extensions.first { $0.identifier == Self.roleIdentifier }
        let partitions = certificate.extensions.first { $0.identifier == Self.partitionsIdentifier }
        if role == nil, partitions == nil { return nil }
        guard let role, let partitions, role.isCritical, partitions.isCritical else { throw Self.invalid }
        var roleReader = DERReader(role.value)
        self.role = try roleReader.readUTF8String()
        try roleReader.finish()
        var partitionsReader = DERReader(partitions.value)
        var sequence = DERReader(try partitionsReader.read(.sequence))
        try partitionsReader.finish()
        var names: [String] = []
        while !sequence.isAtEnd {
            guard names.count < Self.mostPartitions else { throw Self.invalid }
            names.append(try sequence.readUTF8String())
        }
        self.partitions = names
        guard ([self.role] + names).allSatisfy(Self.isValid) else { throw Self.invalid }
    }

    private static func isValid(_ text: String) -> Bool {
        (1...longestText).contains(text.utf8.count)
    }

    private static var invalid: CryptographyError {
        CryptographyError(code: .invalidCertificate, operation: "ServiceCertificateExtension")
    }
}
