package import Cryptography
package import JobSealing
package import KeyModel

/// A services CA of a test's own, and what it issues.
package struct ServicesAuthority: Sendable {
    /// The moment that tests take for now, in milliseconds since 1970.
    package static let now: Int64 = 1_800_000_000_000
    /// Begins a day before now, so that what else has a beginning is not hidden by it.
    package static let year = CertificateValidity.days(365, from: now / 1_000 - 86_400)

    package let partition: PartitionName
    package let trust: ServiceTrust
    private let authority: CertificateAuthority

    package var authorityCertificate: Certificate { authority.certificate }

    package init(partition name: String = "p1") throws {
        guard let partition = PartitionName(name) else { throw FixtureError("no partition name: \(name)") }
        self.partition = partition
        authority = try CertificateAuthority.create(
            commonName: "Keyferry test services",
            validity: .days(3_650, from: Self.now / 1_000 - 86_400),
            key: try .generate(.p256)
        )
        trust = try ServiceTrust(authority: authority.certificate, partition: partition)
    }

    /// A certificate of this CA. Without a role it is one of somebody who is no service of the pipeline.
    package func certificate(
        _ role: String?,
        for key: PublicKey,
        partitions: [String]? = nil,
        validity: CertificateValidity = year
    ) throws -> Certificate {
        var template = CertificateTemplate(commonName: role ?? "nobody", validity: validity)
        if let role {
            let service = ServiceCertificateExtension(role: role, partitions: partitions ?? [partition.text])
            template.extensions = try service.extensions()
        }
        return try authority.issue(template, to: key)
    }

    /// A certificate of this CA with any extensions, sound or not.
    package func certificate(with extensions: [CertificateExtension], for key: PublicKey) throws -> Certificate {
        var template = CertificateTemplate(commonName: "any", validity: Self.year)
        template.extensions = extensions
        return try authority.issue(template, to: key)
    }

    /// A service with a key and a certificate of its own.
    package func credential(_ role: ServiceRole) throws -> ServiceCredential {
        let key = try PrivateKey.generate(.p256)
        return try ServiceCredential(
            key: key,
            certificate: try certificate(role.rawValue, for: key.publicKey),
            trust: trust,
            role: role,
            now: Self.now
        )
    }
}

package struct FixtureError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
