import KeyModel
import KeyStorage
import Testing

/// An authority with two rows of every kind.
enum AuthorityFixture {
    static func authority() throws -> Authority {
        var authority = Authority(generation: 0)
        for number in UInt8(1)...2 {
            authority.instances.append(try instance(number))
            authority.certificates.append(try certificate(number))
            authority.rootKeys.append(try rootKey(number))
            authority.rootKeyVersions.append(version(number))
            authority.ticketKeys.append(try ticketKey(number))
            authority.authorizations.append(authorization(number))
            authority.services.append(try service(number))
            authority.operators.append(try anOperator(number))
        }
        return authority
    }

    static func partition() throws -> PartitionName {
        try #require(PartitionName("main"))
    }

    static func instance(
        _ number: UInt8,
        name: String? = nil,
        status: Instance.Status = .installed
    ) throws -> Instance {
        Instance(
            identifier: InstanceIdentifier("instance-\(number)"),
            name: name ?? "kmip-\(number)",
            status: status,
            partition: try partition(),
            rootKey: number == 1 ? RootKeyIdentifier("root-1") : nil,
            created: ContractFixture.start
        )
    }

    static func certificate(
        _ number: UInt8,
        instance: InstanceIdentifier = ContractFixture.instance,
        name: String? = nil
    ) throws -> ClientCertificate {
        ClientCertificate(
            fingerprint: try ContractFixture.fingerprint(number),
            instance: instance,
            name: name ?? "vcenter-\(number)",
            der: [0x30, number],
            subject: "CN=vcenter-\(number)",
            notBefore: ContractFixture.start,
            notAfter: ContractFixture.start.advanced(bySeconds: 1_000),
            added: ContractFixture.start,
            validUntil: number == 2 ? ContractFixture.start.advanced(bySeconds: 500) : nil
        )
    }

    private static func rootKey(_ number: UInt8) throws -> RootKey {
        RootKey(
            identifier: RootKeyIdentifier("root-\(number)"),
            name: "root \(number)",
            partition: try partition(),
            status: .active,
            created: ContractFixture.start
        )
    }

    private static func version(_ number: UInt8) -> RootKeyVersion {
        RootKeyVersion(
            rootKey: RootKeyIdentifier("root-1"),
            version: Int(number),
            status: number == 1 ? .retired : .current,
            tokenKeyID: [UInt8](repeating: number, count: 16),
            canary: [UInt8](repeating: 0xCA, count: 40),
            created: ContractFixture.start
        )
    }

    private static func ticketKey(_ number: UInt8) throws -> TicketKey {
        TicketKey(
            tokenKeyID: [UInt8](repeating: number, count: 16),
            partition: try partition(),
            status: .current,
            certificate: [0x30, number],
            created: ContractFixture.start
        )
    }

    private static func authorization(_ number: UInt8) -> ServiceAuthorization {
        ServiceAuthorization(
            instance: InstanceIdentifier("instance-\(number)"),
            rootKey: RootKeyIdentifier("root-\(number)"),
            roles: number == 1 ? Set(ServiceAuthorization.Role.allCases) : [.viewer]
        )
    }

    private static func service(_ number: UInt8) throws -> ServiceIdentity {
        ServiceIdentity(
            fingerprint: try ContractFixture.fingerprint(number),
            name: "gateway-\(number)",
            role: .gateway,
            status: number == 1 ? .inForce : .revoked,
            notAfter: ContractFixture.start
        )
    }

    private static func anOperator(_ number: UInt8) throws -> Operator {
        Operator(
            fingerprint: try ContractFixture.fingerprint(number),
            name: "operator-\(number)",
            roles: [.viewer, .keyOwner],
            status: .inForce,
            notAfter: ContractFixture.start
        )
    }
}
