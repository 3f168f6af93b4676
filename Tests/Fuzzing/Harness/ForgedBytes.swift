import Cryptography
import KeyModel
import PipelineFixtures

@testable import JobSealing

/// Bytes of which nothing was sealed or signed by anybody.
struct ForgedBytes {
    let fixture: JobFixture

    func check(_ bytes: [UInt8]) throws {
        if let job = try? UnopenedJob(bytes) {
            let opened = try? job.open(with: fixture.gateway.opened)
            try require(opened == nil, "a job is believed that nobody sealed")
            var tickets = fixture.tickets
            if let ticket = try? tickets.ticket(job.ticket, now: JobFixture.now, opener: fixture.opener) {
                try require((try? job.open(with: ticket)) == nil, "a forged job opens with its ticket")
            }
        }
        var tickets = fixture.tickets
        let ticket = try? tickets.ticket(bytes, now: JobFixture.now, opener: fixture.opener)
        try require(ticket == nil, "a ticket is believed that nobody signed")
        var verifier = FleetVerifier(trust: fixture.services.trust)
        let word = try? verifier.verify(bytes, now: JobFixture.now)
        try require(word == nil, "a fleet message is believed that nobody signed")
        let sent = try fixture.sealedJob(from: fixture.gateway, of: [], deadline: JobFixture.now, .interactive)
        let reply = try? sent.openReply(bytes)
        try require(reply == nil, "a reply is believed that nobody sealed")
    }
}
