import Cryptography
import KeyModel
import PipelineFixtures

@testable import HSM
@testable import JobSealing

/// A partition with its services, made once: what inputs are sealed and signed with.
struct JobFixture {
    static let made = Result { try JobFixture() }
    static let now = ServicesAuthority.now

    let services: ServicesAuthority
    let gateway: Front
    let admin: Front
    let worker: ServiceCredential
    let opener: SoftwareTicketOpener<TransportKeyReference>
    /// With both fronts' tickets in it. A copy is cheap, and leaves this one as it is.
    let tickets: TicketCache<SoftwareTicketOpener<TransportKeyReference>>
    let authority: Authority

    /// A front with the ticket of the hour, and the same ticket as a worker has it.
    struct Front {
        let credential: ServiceCredential
        let ticket: IssuedTicket
        let opened: OpenTicket<TransportKeyReference>
    }

    private init() throws {
        let services = try ServicesAuthority()
        let key = try PrivateKey.generate(.rsa2048)
        let certificate = try services.certificate("ticket", for: key.publicKey)
        let opener = try SoftwareTicketOpener(key: key, certificate: certificate) {
            TransportKeyReference(number: UInt64($0))
        }
        var tickets = TicketCache<SoftwareTicketOpener<TransportKeyReference>>(trust: services.trust)
        func front(_ role: ServiceRole) throws -> Front {
            let credential = try services.credential(role)
            let ticket = try credential.makeTicket(
                ticketKey: certificate.der,
                carriesTransportKey: role == .gateway,
                now: Self.now
            )
            let opened = try tickets.ticket(ticket.bytes, now: Self.now, opener: opener)
            return Front(credential: credential, ticket: ticket, opened: opened)
        }
        let gateway = try front(.gateway)
        let admin = try front(.admin)
        let worker = try services.credential(.worker)
        self.services = services
        self.gateway = gateway
        self.admin = admin
        self.worker = worker
        self.opener = opener
        self.tickets = tickets
        self.authority = Self.authority(of: [gateway.credential, admin.credential], partition: services.partition)
    }

    private static func authority(of fronts: [ServiceCredential], partition: PartitionName) -> Authority {
        var authority = Authority(generation: 1)
        authority.services = zip(fronts, [ServiceRole.gateway, .admin]).map { credential, role in
            ServiceIdentity(
                fingerprint: credential.fingerprint,
                name: role.rawValue,
                role: role,
                status: .inForce,
                notAfter: Timestamp(secondsSince1970: now / 1_000)
            )
        }
        authority.instances = [
            Instance(
                identifier: InstanceIdentifier("i"),
                name: "kmip-01",
                status: .installed,
                partition: partition,
                rootKey: RootKeyIdentifier("r"),
                created: Timestamp(secondsSince1970: 0)
            )
        ]
        return authority
    }
}
