import Cryptography
import KeyModel
import PipelineFixtures
import Testing

/// An instance of its own and the certificate of its client.
struct TestClient {
    let name: String
    let certificate: Certificate
    let fingerprint: CertificateFingerprint

    init(_ name: String, services: ServicesAuthority) throws {
        self.name = name
        certificate = try services.certificate(nil, for: try PrivateKey.generate(.p256).publicKey)
        fingerprint = try #require(CertificateFingerprint(certificate.fingerprintSHA256))
    }

    var instance: InstanceIdentifier { InstanceIdentifier("i-\(name)") }

    func makeInstance(_ partition: PartitionName, _ rootKey: RootKeyIdentifier, _ created: Timestamp) -> Instance {
        Instance(
            identifier: instance,
            name: "kmip-\(name)",
            status: .installed,
            partition: partition,
            rootKey: rootKey,
            created: created
        )
    }

    func makeCertificate(_ added: Timestamp) -> ClientCertificate {
        ClientCertificate(
            fingerprint: fingerprint,
            instance: instance,
            name: "vcenter-\(name)",
            der: certificate.der,
            subject: certificate.subject,
            notBefore: Timestamp(secondsSince1970: certificate.notBefore),
            notAfter: Timestamp(secondsSince1970: certificate.notAfter),
            added: added
        )
    }
}
