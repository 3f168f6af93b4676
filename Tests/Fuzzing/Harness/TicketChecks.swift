import Cryptography
import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import SwiftProtobuf

@testable import JobSealing

/// A ticket with any content, signed by a front. `option` says which of the fields that would stop it early are set right.
struct TicketChecks {
    let fixture: JobFixture
    let option: UInt8

    func check(_ bytes: [UInt8]) throws {
        let front = option & 1 == 0 ? fixture.gateway : fixture.admin
        guard var content = try? WireTicketContent.decoded(bytes) else {
            return try present(bytes, signedBy: front.credential)
        }
        let right = try WireTicketContent.decoded([UInt8](try WireTicket.decoded(front.ticket.bytes).content))
        if option & 2 == 0 {
            content.context = right.context
            content.version = right.version
            content.partition = right.partition
            content.certificate = right.certificate
        }
        if option & 4 == 0 { (content.notBefore, content.notAfter) = (right.notBefore, right.notAfter) }
        if option & 8 == 0 { (content.ticketKey, content.secret) = (right.ticketKey, right.secret) }
        if option & 16 == 0 { content.transportKey = right.transportKey }
        try present(content.encoded(), signedBy: front.credential)
    }

    private func present(_ content: [UInt8], signedBy sender: ServiceCredential) throws {
        let signature = try sender.key.sign(content)
        let bytes = WireTicket.with {
            $0.content = Data(content)
            $0.signature = Data(signature)
        }.encoded()
        var tickets = fixture.tickets
        guard let ticket = try? tickets.ticket(bytes, now: JobFixture.now, opener: fixture.opener) else {
            try require(tickets.count == fixture.tickets.count, "a ticket that was refused is kept")
            return
        }
        try require(ticket.sender.fingerprint == sender.fingerprint, "the ticket is somebody else's")
        let limits = JobFixture.now...JobFixture.now + TicketLifetime.longest
        try require(limits.contains(ticket.notAfter), "a ticket is good until \(ticket.notAfter)")
        try require(
            (ticket.transportKey != nil) == (ticket.sender.role == .gateway),
            "a transport key is for gateways, and gateways only"
        )
        let again = try tickets.ticket(bytes, now: JobFixture.now, opener: fixture.opener)
        try require(again.hash == ticket.hash, "the same ticket is another")
    }
}
