import Cryptography
import HSM
import JobSealing
import KeyModel
import PipelineFixtures

/// The first authority of a test's site: everything is in force.
struct AuthorityPlan {
    static let rootKey = RootKeyIdentifier("root-1")
    static let start = Timestamp(secondsSince1970: ServicesAuthority.now / 1_000 - 60)
    static let end = start.advanced(bySeconds: 365 * 86_400)

    let partition: PartitionName
    let clients: [TestClient]
    let root: CreatedRootKeyVersion
    let ticketKey: (identifier: TokenKeyIdentifier, certificate: Certificate)
    let services: [(credential: ServiceCredential, role: ServiceRole)]
    let operators: [(fingerprint: CertificateFingerprint, role: Operator.Role)]

    var authority: Authority {
        var authority = Authority(generation: 0)
        authority.instances = clients.map { $0.makeInstance(partition, Self.rootKey, Self.start) }
        authority.certificates = clients.map { $0.makeCertificate(Self.start) }
        authority.rootKeys = [
            RootKey(identifier: Self.rootKey, name: "test", partition: partition, status: .active, created: Self.start)
        ]
        authority.rootKeyVersions = [rootKeyVersion]
        authority.ticketKeys = [
            TicketKey(
                tokenKeyID: ticketKey.identifier.bytes,
                partition: partition,
                status: .current,
                certificate: ticketKey.certificate.der,
                created: Self.start
            )
        ]
        authority.authorizations = clients.map {
            ServiceAuthorization(
                instance: $0.instance,
                rootKey: Self.rootKey,
                roles: Set(ServiceAuthorization.Role.allCases)
            )
        }
        authority.services = services.map { credential, role in
            ServiceIdentity(
                fingerprint: credential.fingerprint,
                name: role.rawValue,
                role: role,
                status: .inForce,
                notAfter: Self.end
            )
        }
        authority.operators = operators.map { fingerprint, role in
            Operator(
                fingerprint: fingerprint,
                name: role.rawValue,
                roles: [role],
                status: .inForce,
                notAfter: Self.end
            )
        }
        return authority
    }

    private var rootKeyVersion: RootKeyVersion {
        RootKeyVersion(
            rootKey: Self.rootKey,
            version: 1,
            status: .current,
            tokenKeyID: root.identifier.bytes,
            canary: root.canary,
            created: Self.start
        )
    }
}
