package import Cryptography
internal import Foundation
package import TLSTransport

/// Keys and certificates for TLS tests, made once per process.
package enum TestIdentities {
    package static let now = Int64(Date().timeIntervalSince1970)

    private static let authorityKey = Result { try PrivateKey.generate(.p256) }
    private static let serverAuthority = Result {
        try CertificateAuthority.create(
            commonName: "Test servers",
            validity: .days(10, from: now),
            key: authorityKey.get()
        )
    }
    private static let clientAuthority = Result {
        try CertificateAuthority.create(
            commonName: "Test operators",
            validity: .days(10, from: now),
            key: PrivateKey.generate(.p256)
        )
    }
    private static let serverIdentity = Result { try makeServer(.rsa2048) }
    private static let clientIdentity = Result { try makeClient(.rsa2048, named: "client", extendedKeyUsage: []) }

    package static func servers() throws -> CertificateAuthority { try serverAuthority.get() }
    package static func operators() throws -> CertificateAuthority { try clientAuthority.get() }

    /// RSA-2048, for `localhost` and 127.0.0.1.
    package static func server() throws -> TLSIdentity { try serverIdentity.get() }

    /// RSA-2048 without any extended key usage, as vCenter's own are. Issued by `operators`.
    package static func client() throws -> TLSIdentity { try clientIdentity.get() }

    package static func makeServer(_ kind: PrivateKey.Kind) throws -> TLSIdentity {
        let key = try PrivateKey.generate(kind)
        var template = CertificateTemplate(commonName: "server", validity: .days(10, from: now))
        template.names = [.dns("localhost"), .address("127.0.0.1")]
        template.keyUsage = kind == .p256 ? [.digitalSignature] : [.digitalSignature, .keyEncipherment]
        template.extendedKeyUsage = [.serverAuthentication]
        return TLSIdentity(certificate: try servers().issue(template, to: key.publicKey), privateKey: key)
    }

    package static func makeClient(
        _ kind: PrivateKey.Kind,
        named name: String,
        validity: CertificateValidity = .days(10, from: now),
        extendedKeyUsage: [ExtendedKeyUsage] = [.clientAuthentication]
    ) throws -> TLSIdentity {
        let key = try PrivateKey.generate(kind)
        var template = CertificateTemplate(commonName: name, validity: validity)
        template.extendedKeyUsage = extendedKeyUsage
        return TLSIdentity(certificate: try operators().issue(template, to: key.publicKey), privateKey: key)
    }
}
