import Cryptography
import JobSealing
import KeyModel
import PipelineFixtures

@testable import Gateway

/// A gateway's ticket, made once for a ticket key of the fuzzer's own.
struct RequestFixture {
    static let made = Result { try RequestFixture() }

    let transport: MaterialTransport
    let transportKey: SecretBox

    private init() throws {
        let services = try ServicesAuthority()
        let ticketKey = try PrivateKey.generate(.rsa2048)
        let certificate = try services.certificate("ticket", for: ticketKey.publicKey)
        let ticket = try services.credential(.gateway).makeTicket(
            ticketKey: certificate.der,
            carriesTransportKey: true,
            now: ServicesAuthority.now
        )
        guard let key = ticket.transportKey else { throw FixtureError("a gateway's ticket has a transport key") }
        transport = MaterialTransport(ticket: ticket)
        transportKey = key
    }
}
