package import Cryptography
import Foundation
package import TLSTransport

/// A KMIP client: a certificate with its key, and the name under which it is registered.
package struct SiteClient: Sendable {
    package let name: String
    package let identity: TLSIdentity

    package init(name: String, identity: TLSIdentity) {
        self.name = name
        self.identity = identity
    }

    /// A certificate of a CA that nobody knows, without extended key usage, as vCenter's are.
    package static func make(
        _ name: String,
        kind: PrivateKey.Kind = .p256,
        validity: CertificateValidity? = nil
    ) throws -> SiteClient {
        let now = Int64(Date().timeIntervalSince1970)
        let issuer = try CertificateAuthority.create(
            commonName: "A vCenter's CA",
            validity: .days(1, from: now),
            key: PrivateKey.generate(.p256)
        )
        let key = try PrivateKey.generate(kind)
        let template = CertificateTemplate(commonName: name, validity: validity ?? .days(1, from: now))
        let certificate = try issuer.issue(template, to: key.publicKey)
        return SiteClient(name: name, identity: TLSIdentity(certificate: certificate, privateKey: key))
    }

    /// As logs and commands write it: 64 hexadecimal digits.
    package var fingerprint: String { identity.certificate.fingerprintText }

    /// The certificate, to be registered.
    package var pem: String { identity.certificate.pem }

    /// Writes certificate and key, for foreign programs.
    package func write(in folder: String) throws -> (certificateFile: String, keyFile: String) {
        let files = ("\(folder)/\(name).pem", "\(folder)/\(name).key")
        try identity.certificate.pem.write(toFile: files.0, atomically: true, encoding: .utf8)
        try identity.privateKey.write(toPEMFile: files.1, replacing: true)
        return files
    }
}
