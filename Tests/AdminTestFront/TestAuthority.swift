package import Cryptography
import Foundation

/// A CA of one test, and what it issues. P-256 throughout, for speed.
package struct TestAuthority: Sendable {
    package struct Identity: Sendable {
        package let certificate: Certificate
        package let privateKey: PrivateKey
    }

    package let authority: CertificateAuthority

    package init(_ name: String) throws {
        authority = try CertificateAuthority.create(
            commonName: name,
            validity: .days(30, from: Self.now),
            key: try PrivateKey.generate(.p256)
        )
    }

    package static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    package func server(for host: SubjectAlternativeName, days: Int = 10) throws -> Identity {
        var template = CertificateTemplate(commonName: "admin front", validity: .days(days, from: Self.now))
        template.names = [host]
        template.extendedKeyUsage = [.serverAuthentication]
        return try issue(template)
    }

    package func client(_ name: String, validity: CertificateValidity? = nil) throws -> Identity {
        var template = CertificateTemplate(commonName: name, validity: validity ?? .days(10, from: Self.now))
        template.extendedKeyUsage = [.clientAuthentication]
        return try issue(template)
    }

    private func issue(_ template: CertificateTemplate) throws -> Identity {
        let key = try PrivateKey.generate(.p256)
        return Identity(certificate: try authority.issue(template, to: key.publicKey), privateKey: key)
    }
}
