import KeyModel
import PipelineFixtures
import Testing

@testable import Worker

/// Which certificates an operator is told of before they end.
struct CertificateExpiryTests {
    private static let now = Timestamp(secondsSince1970: 1_790_000_000)

    private func fingerprint(_ number: UInt8) throws -> CertificateFingerprint {
        try #require(CertificateFingerprint([UInt8](repeating: number, count: 32)))
    }

    private func end(inDays days: Int64) -> Timestamp { Self.now.advanced(bySeconds: days * 86_400) }

    private func client(
        _ number: UInt8,
        _ instance: String,
        _ name: String,
        days: Int64,
        isReplaced: Bool = false
    ) throws -> ClientCertificate {
        ClientCertificate(
            fingerprint: try fingerprint(number),
            instance: InstanceIdentifier(instance),
            name: name,
            der: [],
            subject: "",
            notBefore: Timestamp(secondsSince1970: 0),
            notAfter: end(inDays: days),
            added: Self.now,
            validUntil: isReplaced ? end(inDays: 1) : nil
        )
    }

    private func service(
        _ number: UInt8,
        _ name: String,
        days: Int64,
        _ status: ServiceIdentity.Status = .inForce
    ) throws -> ServiceIdentity {
        ServiceIdentity(
            fingerprint: try fingerprint(number),
            name: name,
            role: .gateway,
            status: status,
            notAfter: end(inDays: days)
        )
    }

    @Test func whatEndsSoonAndWasNotReplacedOrRenewed() throws {
        let (here, elsewhere) = (try #require(PartitionName("main")), try #require(PartitionName("other")))
        var authority = Authority(generation: 1)
        authority.instances = [("i1", here), ("i2", elsewhere)].map { identifier, partition in
            Instance(
                identifier: InstanceIdentifier(identifier),
                name: "kmip-\(identifier)",
                status: .installed,
                partition: partition,
                rootKey: nil,
                created: Self.now
            )
        }
        authority.certificates = [
            try client(1, "i1", "soon", days: 30), try client(2, "i1", "late", days: 31),
            try client(3, "i1", "gone", days: -400), try client(4, "i1", "replaced", days: 5, isReplaced: true),
            try client(5, "i2", "elsewhere", days: 5),
        ]
        authority.services = [
            try service(6, "renewed", days: 2), try service(7, "renewed", days: 300),
            try service(8, "gateway", days: 7), try service(9, "revoked", days: 7, .revoked),
        ]
        authority.operators = try [("eve", 10, Operator.Status.inForce), ("bob", 11, .revoked)].map {
            name,
            number,
            status in
            Operator(
                fingerprint: try fingerprint(number),
                name: name,
                roles: [.viewer],
                status: status,
                notAfter: end(inDays: 1)
            )
        }
        let all = authority.expiringCertificates(in: here, at: Self.now, limit: 100)
        #expect(all.map(\.name) == ["kmip-i1/gone", "eve", "gateway", "kmip-i1/soon"])
        #expect(all.map(\.kind) == [.client, .operator, .identity, .client])
        #expect(all.map(\.end) == [-400, 1, 7, 30].map(end(inDays:)))
        #expect(authority.expiringCertificates(in: here, at: Self.now, limit: 2) == Array(all.prefix(2)))
    }
}
