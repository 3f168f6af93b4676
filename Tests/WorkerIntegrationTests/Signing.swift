import AuthorityKeeping
import Cryptography
import KeyModel
import OperatorSignatures
import PipelineFixtures
import Testing

@testable import Worker

/// An operator with a key of his own, who signs.
struct TestOperator {
    let key: PrivateKey
    let certificate: Certificate
    let fingerprint: CertificateFingerprint

    init(_ services: ServicesAuthority) throws {
        key = try PrivateKey.generate(.p256)
        certificate = try services.certificate(nil, for: key.publicKey)
        fingerprint = try #require(CertificateFingerprint(certificate.fingerprintSHA256))
    }

    func sign(
        _ request: SignedRequest,
        at now: Int64 = ServicesAuthority.now / 1_000
    ) throws -> SignedStatement {
        try sign(try request.statement(at: now))
    }

    func sign(_ statement: OperatorStatement) throws -> SignedStatement {
        let bytes = try statement.encoded()
        let signature = try DetachedSignature(over: bytes, key: key, certificate: certificate)
        return SignedStatement(statement: bytes, signature: signature.text, certificate: certificate.der)
    }
}

extension TestSite {
    /// Registers an operator, as set-up does.
    func makeOperator(_ name: String, _ roles: Set<Operator.Role>) throws -> TestOperator {
        let made = try TestOperator(services)
        try changeAuthority {
            $0.operators.append(
                Operator(
                    fingerprint: made.fingerprint,
                    name: name,
                    roles: roles,
                    status: .inForce,
                    notAfter: AuthorityPlan.end
                )
            )
        }
        return made
    }

    var authority: Authority { worker.processor.keeper.authority }

    func instance(_ name: String) -> Instance? { authority.instances.first { $0.name == name } }

    /// What must be signed to authorize an instance for the site's root key.
    func grantRequest(
        _ instance: Instance,
        roles: Set<ServiceAuthorization.Role> = Set(ServiceAuthorization.Role.allCases),
        partition: String = TestSite.partitionName
    ) -> SignedRequest {
        .grantAuthorization(
            partition: partition,
            rootKey: .init(name: "test", identifier: AuthorityPlan.rootKey.text),
            instance: .init(name: instance.name, identifier: instance.identifier.text),
            roles: roles.map(\.rawValue)
        )
    }

    func grant(
        _ instance: String,
        _ signed: SignedStatement,
        roles: Set<ServiceAuthorization.Role> = Set(ServiceAuthorization.Role.allCases)
    ) -> OperatorJob.Request {
        .authorization(.grant(rootKey: "test", instance: instance, roles: roles, signed: signed))
    }
}
