import KeyModel
import Testing

/// Who may do what, as a table over all statuses.
struct AuthorityTests {
    private let partition: PartitionName
    private let fingerprint: CertificateFingerprint

    init() throws {
        partition = try #require(PartitionName("p1"))
        fingerprint = try #require(CertificateFingerprint([UInt8](repeating: 1, count: 32)))
    }

    private func makeInstance(_ status: Instance.Status, rootKey: String? = "r") -> Instance {
        Instance(
            identifier: InstanceIdentifier("i"),
            name: "kmip-01",
            status: status,
            partition: partition,
            rootKey: rootKey.map { RootKeyIdentifier($0) },
            created: at(0)
        )
    }

    private func makeAuthority(
        _ instance: Instance,
        _ rootKey: RootKey.Status,
        _ roles: Set<ServiceAuthorization.Role>
    ) -> Authority {
        let identifier = RootKeyIdentifier("r")
        var authority = Authority(generation: 1)
        authority.instances = [instance]
        authority.rootKeys = [
            RootKey(identifier: identifier, name: "r", partition: partition, status: rootKey, created: at(0))
        ]
        authority.authorizations = [
            ServiceAuthorization(instance: instance.identifier, rootKey: identifier, roles: roles)
        ]
        return authority
    }

    @Test func onlyWhatIsInForceThroughoutServes() {
        let roleSets: [Set<ServiceAuthorization.Role>] = [
            [], [.viewer], [.vmwareKMIPManager], [.viewer, .vmwareKMIPManager],
        ]
        for status in Instance.Status.allCases {
            for rootKey in [RootKey.Status.active, .suspended, .deleting] {
                for roles in roleSets {
                    let instance = makeInstance(status)
                    let authority = makeAuthority(instance, rootKey, roles)
                    let isServed = status == .installed && rootKey == .active && roles.count == 2
                    let refused = failure { () throws(OperationFailure) in try authority.rootKeyInService(for: instance)
                    }
                    #expect(refused?.code == (isServed ? nil : .instanceNotInService), "\(status) \(rootKey) \(roles)")
                }
            }
        }
    }

    @Test func anInstanceWithoutARootKeyOrWithAnothersServesNothing() {
        for rootKey in [nil, "other"] {
            let instance = makeInstance(.installed, rootKey: rootKey)
            let authority = makeAuthority(instance, .active, Set(ServiceAuthorization.Role.allCases))
            let refused = failure { () throws(OperationFailure) in try authority.rootKeyInService(for: instance) }
            #expect(refused?.code == .instanceNotInService)
        }
    }

    @Test(arguments: [(9, false), (10, true), (15, true), (20, true), (21, false)] as [(Int64, Bool)])
    func aClientCertificateHasItsDates(_ second: Int64, _ isInForce: Bool) throws {
        var authority = Authority(generation: 1)
        authority.instances = [makeInstance(.installed)]
        authority.certificates = [
            ClientCertificate(
                fingerprint: fingerprint,
                instance: InstanceIdentifier("i"),
                name: "vcenter",
                der: [],
                subject: "",
                notBefore: at(10),
                notAfter: at(20),
                added: at(0)
            )
        ]
        let refused = failure { () throws(OperationFailure) in try authority.client(fingerprint, at: at(second)) }
        #expect(refused?.code == (isInForce ? nil : .notRegistered))
        let stranger = try #require(CertificateFingerprint([UInt8](repeating: 2, count: 32)))
        let unknown = failure { () throws(OperationFailure) in try authority.client(stranger, at: at(15))
        }
        #expect(unknown?.code == .notRegistered)
    }

    @Test func servicesAndOperatorsAreInForceOrNot() {
        for (isRevoked, second, expected) in [(false, 10, true), (false, 11, false), (true, 5, false)] {
            var authority = Authority(generation: 1)
            authority.services = [
                ServiceIdentity(
                    fingerprint: fingerprint,
                    name: "gateway",
                    role: .gateway,
                    status: isRevoked ? .revoked : .inForce,
                    notAfter: at(10)
                )
            ]
            authority.operators = [
                Operator(
                    fingerprint: fingerprint,
                    name: "ada",
                    roles: [.kmipManager],
                    status: isRevoked ? .revoked : .inForce,
                    notAfter: at(10)
                )
            ]
            #expect((authority.service(fingerprint, at: at(Int64(second))) != nil) == expected)
            #expect((authority.operator(fingerprint, at: at(Int64(second))) != nil) == expected)
        }
    }

    @Test func theCurrentVersionIsTheOneThatWraps() {
        let identifier = RootKeyIdentifier("r")
        func version(_ number: Int, _ status: RootKeyVersion.Status) -> RootKeyVersion {
            RootKeyVersion(
                rootKey: identifier,
                version: number,
                status: status,
                tokenKeyID: [],
                canary: [],
                created: at(0)
            )
        }
        var authority = Authority(generation: 1)
        #expect(authority.currentVersion(of: identifier) == nil)
        authority.rootKeyVersions = [version(1, .destroyed), version(2, .retired), version(3, .current)]
        #expect(authority.currentVersion(of: identifier)?.version == 3)
        #expect(authority.currentVersion(of: RootKeyIdentifier("s")) == nil)
    }
}
