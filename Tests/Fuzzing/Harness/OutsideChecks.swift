import JobMessages
import JobSealing
import KeyModel

@testable import JobSealing

/// The outside of a sealed job with any fields, around a ticket that is good: nothing of it may be believed.
struct OutsideChecks {
    let fixture: JobFixture

    func check(_ bytes: [UInt8]) throws {
        let genuine = try fixture.sealedJob(
            from: fixture.gateway,
            of: [0x12, 0x20] + [UInt8](repeating: 1, count: 32),
            deadline: JobFixture.now,
            .interactive
        )
        // Fields that come later win: what the input has no field for stays as it was.
        let altered = genuine.bytes + bytes
        guard let job = try? UnopenedJob(altered) else { return }
        var tickets = fixture.tickets
        guard let ticket = try? tickets.ticket(job.ticket, now: JobFixture.now, opener: fixture.opener),
            let opened = try? job.open(with: ticket)
        else { return }
        try require(opened.header == genuine.header, "a header is believed that was changed on the way")
    }
}
