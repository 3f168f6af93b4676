import Cryptography
import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import SwiftProtobuf
import Testing

@testable import JobSealing

struct TicketTests {
    private static let now = SealingFixture.now
    private static let hour: Int64 = 60 * 60 * 1_000

    @Test func aTicketIsGoodForLessThanTwoHours() throws {
        let fixture = try SealingFixture()
        let ticket = try fixture.ticket()
        #expect(ticket.notAfter <= Self.now + 2 * Self.hour)
        #expect(ticket.renewAt < ticket.notAfter)
        #expect(refusal { try fixture.verify(ticket.bytes, now: Self.now - TicketLifetime.clockAllowance) } == nil)
        #expect(refusal { try fixture.verify(ticket.bytes, now: ticket.notAfter) } == nil)
        #expect(refusal { try fixture.verify(ticket.bytes, now: ticket.notAfter + 1) } == .ticketNotInForce)
        let early = Self.now - TicketLifetime.clockAllowance - 1
        #expect(refusal { try fixture.verify(ticket.bytes, now: early) } == .ticketNotInForce)
    }

    @Test func whatIsAlteredWithoutTheOwnersKeyIsRefused() throws {
        let fixture = try SealingFixture()
        let ticket = try fixture.ticket()
        let other = try fixture.services.credential(.gateway)
        let changes: [(String, (inout WireTicketContent) -> Void)] = [
            ("not before", { $0.notBefore -= 1 }), ("not after", { $0.notAfter -= 1 }),
            ("ticket key", { $0.ticketKey[0] ^= 1 }), ("transport key", { $0.transportKey[0] ^= 1 }),
            ("no transport key", { $0.transportKey = .init() }), ("secret", { $0.secret[0] ^= 1 }),
            ("certificate", { $0.certificate = .init(fixture.admin.certificate.der) }), ("nothing", { _ in }),
        ]
        for (name, change) in changes {
            let forged = try fixture.altered(ticket, signer: other, change)
            #expect(refusal { try fixture.verify(forged) } == .signatureInvalid, "\(name)")
        }
    }

    /// A front that is no longer honest signs what it likes.
    @Test func whatAnOwnerMayNotSayIsRefused() throws {
        let fixture = try SealingFixture()
        let ticket = try fixture.ticket()
        let changes: [(String, SealingError.Code, (inout WireTicketContent) -> Void)] = [
            ("context", .malformed, { $0.context = "keyferry fleet v1" }),
            ("version", .versionUnknown, { $0.version = 2 }),
            ("partition", .wrongPartition, { $0.partition = "p2" }),
            ("certificate", .malformed, { $0.certificate = .init([1, 2, 3]) }),
            ("two hours and one", .ticketNotInForce, { $0.notAfter = $0.notBefore + 2 * Self.hour + 1 }),
            (
                "all times", .ticketNotInForce,
                {
                    $0.notBefore = .min
                    $0.notAfter = .max
                }
            ),
            ("ends before it begins", .ticketNotInForce, { $0.notAfter = $0.notBefore - 1 }),
            (
                "the future", .ticketNotInForce,
                {
                    $0.notBefore = Self.now + 1
                    $0.notAfter = Self.now + Self.hour
                }
            ),
            ("short ticket key", .malformed, { $0.ticketKey.removeLast() }),
            ("unknown ticket key", .ticketKeyUnknown, { $0.ticketKey[0] ^= 1 }),
            ("transport key for nobody", .ticketNotOpened, { $0.transportKey[0] ^= 1 }),
            ("secret for nobody", .ticketNotOpened, { $0.secret = .init(repeating: 1, count: 256) }),
            ("no secret", .ticketNotOpened, { $0.secret = .init() }),
            ("a gateway without a transport key", .roleNotAllowed, { $0.transportKey = .init() }),
        ]
        for (name, expected, change) in changes {
            let bytes = try fixture.altered(ticket, change)
            #expect(refusal { try fixture.verify(bytes) } == expected, "\(name)")
        }
    }

    @Test func anAdminFrontCanNotHaveATransportKey() throws {
        let fixture = try SealingFixture()
        let ticket = try fixture.ticket(of: fixture.admin)
        #expect(ticket.transportKey == nil)
        #expect(try fixture.verify(ticket.bytes).transportKey == nil)
        let withKey = try fixture.admin.makeTicket(
            ticketKey: fixture.ticketKeyCertificate.der,
            carriesTransportKey: true,
            now: Self.now
        )
        #expect(refusal { try fixture.verify(withKey.bytes) } == .roleNotAllowed)
    }

    @Test(arguments: [ServiceRole.worker, .ticket])
    func otherRolesHaveNoTickets(_ role: ServiceRole) throws {
        let fixture = try SealingFixture()
        let credential = try fixture.services.credential(role)
        for carriesTransportKey in [false, true] {
            let ticket = try credential.makeTicket(
                ticketKey: fixture.ticketKeyCertificate.der,
                carriesTransportKey: carriesTransportKey,
                now: Self.now
            )
            #expect(refusal { try fixture.verify(ticket.bytes) } == .roleNotAllowed)
        }
    }

    /// Certificates with which nobody is a gateway of this partition.
    @Test func onlyCertificatesOfThisServicesCACount() throws {
        let fixture = try SealingFixture()
        let key = fixture.gateway.key
        let past = CertificateValidity(notBefore: Self.now / 1_000 - 7_200, notAfter: Self.now / 1_000 - 1)
        let foreign = try ServicesAuthority()
        let certificates: [(String, Certificate, SealingError.Code)] = [
            ("a foreign CA", try foreign.certificate("gateway", for: key.publicKey), .identityNotTrusted),
            (
                "expired", try fixture.services.certificate("gateway", for: key.publicKey, validity: past),
                .identityNotTrusted
            ),
            ("no role", try fixture.services.certificate(nil, for: key.publicKey), .identityNotTrusted),
            ("unknown role", try fixture.services.certificate("king", for: key.publicKey), .identityNotTrusted),
            (
                "another partition",
                try fixture.services.certificate("gateway", for: key.publicKey, partitions: ["p2"]), .wrongPartition
            ),
        ]
        let ticket = try fixture.ticket()
        for (name, certificate, expected) in certificates {
            let bytes = try fixture.altered(ticket) { $0.certificate = .init(certificate.der) }
            #expect(refusal { try fixture.verify(bytes) } == expected, "\(name)")
        }
    }

    @Test func ticketsAreMadeForTicketKeysOfThisCAOnly() throws {
        let fixture = try SealingFixture()
        func makeTicket(_ certificate: [UInt8]) throws -> IssuedTicket {
            try fixture.gateway.makeTicket(ticketKey: certificate, carriesTransportKey: true, now: Self.now)
        }
        let key = try PrivateKey.generate(.rsa2048)
        let foreign = try ServicesAuthority().certificate("ticket", for: key.publicKey)
        #expect(refusal { try makeTicket(foreign.der) } == .identityNotTrusted)
        let worker = try fixture.services.certificate("worker", for: key.publicKey)
        #expect(refusal { try makeTicket(worker.der) } == .roleNotAllowed)
        #expect(refusal { try makeTicket([]) } == .malformed)
    }

    @Test func aCredentialIsCheckedWhereItIsLoaded() throws {
        let fixture = try SealingFixture()
        func load(_ key: PrivateKey, _ role: ServiceRole, _ services: ServicesAuthority) throws -> ServiceCredential {
            try ServiceCredential(
                key: key,
                certificate: fixture.gateway.certificate,
                trust: services.trust,
                role: role,
                now: Self.now
            )
        }
        #expect(refusal { try load(fixture.gateway.key, .gateway, fixture.services) } == nil)
        #expect(refusal { try load(fixture.gateway.key, .worker, fixture.services) } == .identityNotTrusted)
        #expect(refusal { try load(fixture.admin.key, .gateway, fixture.services) } == .identityNotTrusted)
        let foreign = try ServicesAuthority()
        #expect(refusal { try load(fixture.gateway.key, .gateway, foreign) } == .identityNotTrusted)
    }
}
