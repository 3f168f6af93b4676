import Cryptography
import FuzzInputs
import JobSealing
import KeyModel
import PipelineFixtures

@testable import JobSealing
@testable import Worker

/// Certificates as they come with tickets and fleet messages, and as operators register them.
struct CertificateChecks {
    let fixture: JobFixture

    /// Any bytes for a certificate: read or refused, and never a service's.
    func checkCertificate(_ der: [UInt8]) throws {
        let change = OperatorJob.Request.certificate(.add(instance: "kmip-01", name: "c", der: der))
        let added = try? fixture.authority.changed(by: change, at: ModelRun.now)
        guard let certificate = try? Certificate(der: der) else {
            return try require(added == nil, "what is no certificate is registered")
        }
        _ = try? ServiceCertificateExtension(of: certificate)
        _ = certificate.subject
        let identity = try? fixture.services.trust.identity(of: certificate, now: JobFixture.now)
        try require(identity == nil, "a certificate is trusted that the CA did not issue")
        guard let added else { return }
        try require(added.next.certificates.map(\.der) == [der], "another certificate is registered")
    }

    /// A certificate that the CA issued, with any bytes for the extensions that say role and partitions.
    func checkExtensions(_ bytes: [UInt8], option: UInt8) throws {
        var input = InputReader(bytes)
        let role = input.counted(atMost: 255)
        let partitions = input.remaining()
        guard partitions.count <= 16_384 else { return }
        var extensions: [CertificateExtension] = []
        if option & 1 == 0 {
            extensions.append(
                CertificateExtension(
                    identifier: ServiceCertificateExtension.roleIdentifier,
                    isCritical: option & 4 == 0,
                    value: role
                )
            )
        }
        if option & 2 == 0 {
            extensions.append(
                CertificateExtension(
                    identifier: ServiceCertificateExtension.partitionsIdentifier,
                    isCritical: option & 8 == 0,
                    value: partitions
                )
            )
        }
        let key = fixture.worker.key.publicKey
        guard let certificate = try? fixture.services.certificate(with: extensions, for: key) else { return }
        guard let service = try? fixture.services.trust.identity(of: certificate, now: JobFixture.now) else { return }
        try require(option & 0x0F == 0, "trusted without both extensions, or with one that is not critical")
        try require(service.partitions.contains(fixture.services.partition), "trusted for another partition")
        try require(role.suffix(service.role.rawValue.utf8.count).elementsEqual(service.role.rawValue.utf8), "a role")
    }
}
