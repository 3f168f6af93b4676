import Cryptography
import Foundation
import HSM
import KeyModel

/// Who may do what in a new installation: its first instance with its root key, the services, the first operator, and
/// the client that the self-test plays.
struct FirstAuthority {
    static let operatorName = "first"
    static let selfTestName = "keyferry-selftest"

    let partition: PartitionName
    let now: Int64
    let instanceName: String
    private let instance: InstanceIdentifier
    private let rootKey: RootKeyIdentifier

    init(partition: PartitionName, now: Int64) {
        self.partition = partition
        self.now = now
        var random = SystemRandomNumberGenerator()
        let letters = (0..<2).map { _ in
            Character(UnicodeScalar(UInt8.random(in: UInt8(ascii: "a")...UInt8(ascii: "z"), using: &random)))
        }
        instanceName = "kmip-" + String(letters)
        instance = InstanceIdentifier(UUID().uuidString.lowercased())
        rootKey = RootKeyIdentifier(UUID().uuidString.lowercased())
    }

    /// For labels in the token.
    var rootKeyIdentifier: String { rootKey.text }

    private var time: Timestamp { Timestamp(secondsSince1970: now) }

    /// - Parameter ticketCertificate: of the ticket key, with the role `ticket`.
    func authority(
        _ credentials: [CredentialName: Certificate],
        keys: TokenPreparation.Keys,
        ticketCertificate: Certificate
    ) throws(SetupError) -> Authority {
        var authority = Authority(generation: 0)
        authority.instances = [
            Instance(
                identifier: instance,
                name: instanceName,
                status: .installed,
                partition: partition,
                rootKey: rootKey,
                created: time
            )
        ]
        authority.rootKeys = [
            RootKey(identifier: rootKey, name: "first", partition: partition, status: .active, created: time)
        ]
        authority.rootKeyVersions = [
            RootKeyVersion(
                rootKey: rootKey,
                version: 1,
                status: .current,
                tokenKeyID: keys.root.identifier.bytes,
                canary: keys.root.canary,
                created: time
            )
        ]
        authority.authorizations = [
            ServiceAuthorization(
                instance: instance,
                rootKey: rootKey,
                roles: Set(ServiceAuthorization.Role.allCases)
            )
        ]
        authority.ticketKeys = [
            TicketKey(
                tokenKeyID: keys.ticket.bytes,
                partition: partition,
                status: .current,
                certificate: ticketCertificate.der,
                created: time
            )
        ]
        try addHolders(of: credentials, to: &authority)
        return authority
    }

    private func addHolders(
        of credentials: [CredentialName: Certificate],
        to authority: inout Authority
    ) throws(SetupError) {
        let roles: [(CredentialName, ServiceRole)] = [
            (.gatewayIdentity, .gateway), (.workerIdentity, .worker), (.adminIdentity, .admin),
        ]
        for (name, role) in roles {
            guard let certificate = credentials[name] else { continue }
            authority.services.append(try certificate.serviceIdentity(role, name: role.rawValue))
        }
        if let certificate = credentials[.firstOperator] {
            authority.operators = [
                Operator(
                    fingerprint: try certificate.fingerprint(),
                    name: Self.operatorName,
                    // One person runs the installation at first, and needs them all. Give others certificates of their
                    // own with fewer, and root keys an owner who does not run VMware.
                    roles: Set(Operator.Role.allCases),
                    status: .inForce,
                    notAfter: Timestamp(secondsSince1970: certificate.notAfter)
                )
            ]
        }
        if let certificate = credentials[.selfTestClient] {
            authority.certificates = [
                try certificate.clientCertificate(of: instance, name: Self.selfTestName, now: now)
            ]
        }
    }

    /// For the record.
    func event(requestID: String) -> AuditEvent {
        AuditEvent(
            action: .installation,
            initiator: "keyferry-setup",
            address: "",
            instance: instance,
            object: nil,
            failure: nil,
            requestID: requestID,
            isRepeat: false,
            time: time
        )
    }
}
