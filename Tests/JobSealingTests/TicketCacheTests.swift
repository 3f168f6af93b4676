import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import Testing

@testable import JobSealing

struct TicketCacheTests {
    @Test func aTicketIsOpenedOnce() throws {
        let fixture = try SealingFixture()
        var cache = TicketCache<SealingFixture.Opener>(trust: fixture.services.trust)
        let ticket = try fixture.ticket()
        for _ in 0..<3 {
            _ = try cache.ticket(ticket.bytes, now: SealingFixture.now, opener: fixture.opener)
        }
        #expect(fixture.opener.openedCount == 1)
        cache.removeAll()
        _ = try cache.ticket(ticket.bytes, now: SealingFixture.now, opener: fixture.opener)
        #expect(fixture.opener.openedCount == 2)
    }

    @Test func anIdentityHasSoManyAndTheOldestGoes() throws {
        let fixture = try SealingFixture()
        var cache = TicketCache<SealingFixture.Opener>(trust: fixture.services.trust)
        let others = try fixture.ticket(of: fixture.admin)
        _ = try cache.ticket(others.bytes, now: SealingFixture.now, opener: fixture.opener)
        let most = TicketCache<SealingFixture.Opener>.perIdentity
        #expect(most >= 32)
        let tickets = try (0..<most + 2).map { _ in try fixture.ticket() }
        for ticket in tickets {
            _ = try cache.ticket(ticket.bytes, now: SealingFixture.now, opener: fixture.opener)
        }
        #expect(cache.count == most + 1)
        // A job that is under way may need them.
        #expect(fixture.opener.closed == [])
        cache.releaseForgotten(with: fixture.opener)
        // The admin front's ticket was the first to be opened, and has no transport key.
        #expect(fixture.opener.closed == [2, 3])
        cache.releaseForgotten(with: fixture.opener)
        #expect(fixture.opener.closed == [2, 3])
        _ = try cache.ticket(others.bytes, now: SealingFixture.now, opener: fixture.opener)
        _ = try cache.ticket(tickets[most + 1].bytes, now: SealingFixture.now, opener: fixture.opener)
        #expect(fixture.opener.openedCount == most + 3)
    }

    @Test func aCachedTicketExpiresAllTheSame() throws {
        let fixture = try SealingFixture()
        var cache = TicketCache<SealingFixture.Opener>(trust: fixture.services.trust)
        let ticket = try fixture.ticket()
        _ = try cache.ticket(ticket.bytes, now: SealingFixture.now, opener: fixture.opener)
        let late = ticket.notAfter + 1
        #expect(refusal { try cache.ticket(ticket.bytes, now: late, opener: fixture.opener) } == .ticketNotInForce)
        #expect(cache.count == 0)
        cache.releaseForgotten(with: fixture.opener)
        #expect(fixture.opener.closed == [1])
    }

    @Test func expiredTicketsMakeRoomForNewOnes() throws {
        let fixture = try SealingFixture()
        var cache = TicketCache<SealingFixture.Opener>(trust: fixture.services.trust)
        let old = try fixture.ticket(of: fixture.admin)
        _ = try cache.ticket(old.bytes, now: SealingFixture.now, opener: fixture.opener)
        let later = old.notAfter + 1
        let next = try fixture.ticket(now: later)
        _ = try cache.ticket(next.bytes, now: later, opener: fixture.opener)
        #expect(cache.count == 1)
    }

    @Test func aTicketThatIsRefusedIsNotKept() throws {
        let fixture = try SealingFixture()
        var cache = TicketCache<SealingFixture.Opener>(trust: fixture.services.trust)
        let bytes = try fixture.altered(try fixture.ticket()) { $0.secret = .init() }
        #expect(refusal { try cache.ticket(bytes, now: SealingFixture.now, opener: fixture.opener) } != nil)
        #expect(cache.count == 0)
    }
}
