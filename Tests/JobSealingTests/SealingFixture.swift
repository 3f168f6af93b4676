import Cryptography
import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import SwiftProtobuf
import Testing

@testable import JobSealing

/// The reason for which `body` was refused; nil where it was not.
func refusal<R>(_ body: () throws -> R) -> SealingError.Code? {
    do {
        _ = try body()
        return nil
    } catch let error as SealingError {
        return error.code
    } catch {
        Issue.record("not a sealing error: \(error)")
        return nil
    }
}

/// Fronts, a ticket key and a worker's side of sealing, with the ticket key in software.
struct SealingFixture {
    typealias Opener = SoftwareTicketOpener<Int>

    static let now = ServicesAuthority.now

    let services: ServicesAuthority
    let gateway: ServiceCredential
    let admin: ServiceCredential
    let ticketKeyCertificate: Certificate
    let opener: Opener

    init() throws {
        services = try ServicesAuthority()
        gateway = try services.credential(.gateway)
        admin = try services.credential(.admin)
        let key = try PrivateKey.generate(.rsa2048)
        ticketKeyCertificate = try services.certificate("ticket", for: key.publicKey)
        opener = try Opener(key: key, certificate: ticketKeyCertificate) { $0 }
    }

    func ticket(of credential: ServiceCredential? = nil, now: Int64 = now) throws -> IssuedTicket {
        let credential = credential ?? gateway
        return try credential.makeTicket(
            ticketKey: ticketKeyCertificate.der,
            carriesTransportKey: credential === gateway,
            now: now
        )
    }

    func header(messageID: UInt8 = 7) -> MessageHeader {
        MessageHeader(
            partition: services.partition,
            jobClass: .interactive,
            messageID: [UInt8](repeating: messageID, count: 16),
            deadline: Self.now + 30_000
        )
    }

    func job(_ requestID: String = "request") throws -> Job {
        let client = try #require(CertificateFingerprint([UInt8](repeating: 0xC1, count: 32)))
        return Job(requestID: requestID, clientAddress: "192.0.2.1", content: .identifyClient(client))
    }

    /// What a worker that has seen no ticket makes of a sealed job.
    func open(_ bytes: [UInt8]) throws -> OpenedJob<Int> {
        var cache = TicketCache<Opener>(trust: services.trust)
        let unopened = try UnopenedJob(bytes)
        return try unopened.open(with: try cache.ticket(unopened.ticket, now: Self.now, opener: opener))
    }

    /// What a worker that has seen no ticket makes of this one.
    func verify(_ ticket: [UInt8], now: Int64 = now) throws -> OpenTicket<Int> {
        var cache = TicketCache<Opener>(trust: services.trust)
        return try cache.ticket(ticket, now: now, opener: opener)
    }

    /// A ticket with altered content, signed again by its owner unless `signer` is another.
    func altered(
        _ ticket: IssuedTicket,
        signer: ServiceCredential? = nil,
        _ change: (inout WireTicketContent) -> Void
    ) throws -> [UInt8] {
        let wire = try WireTicket.decoded(ticket.bytes)
        var content = try WireTicketContent.decoded([UInt8](wire.content))
        change(&content)
        let bytes = content.encoded()
        let signature = try (signer ?? gateway).key.sign(bytes)
        return WireTicket.with {
            $0.content = .init(bytes)
            $0.signature = .init(signature)
        }.encoded()
    }
}
