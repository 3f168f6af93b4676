import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import SwiftProtobuf
import Testing

@testable import JobSealing

struct SealedReplyTests {
    private static let reply = JobReply.failure(OperationFailure(.itemNotFound))

    /// A job and the sealed reply to it.
    private struct Exchange {
        let fixture: SealingFixture
        let ticket: IssuedTicket
        let sent: SealedJobInFlight
        let reply: WireSealedReply

        init() throws {
            fixture = try SealingFixture()
            ticket = try fixture.ticket()
            sent = try ticket.seal(try fixture.job(), header: fixture.header())
            reply = try WireSealedReply.decoded(try fixture.open(sent.bytes).seal(SealedReplyTests.reply))
        }

        func refusal(_ change: (inout WireSealedReply) -> Void) -> SealingError.Code? {
            var wire = reply
            change(&wire)
            return JobSealingTests.refusal { try sent.openReply(wire.encoded()) }
        }
    }

    @Test func aReplyArrivesAsItWasSent() throws {
        let exchange = try Exchange()
        #expect(try exchange.sent.openReply(exchange.reply.encoded()) == Self.reply)
    }

    @Test func anAlteredReplyIsRefused() throws {
        let exchange = try Exchange()
        #expect(exchange.refusal { $0.version = 2 } == .versionUnknown)
        #expect(exchange.refusal { $0.messageID[0] ^= 1 } == .wrongJob)
        #expect(exchange.refusal { $0.messageID = .init() } == .wrongJob)
        #expect(exchange.refusal { $0.ticketHash[0] ^= 1 } == .wrongJob)
        #expect(exchange.refusal { $0.salt[0] ^= 1 } == .sealBroken)
        #expect(exchange.refusal { $0.salt = .init() } == .sealBroken)
        #expect(exchange.refusal { $0.ciphertext[0] ^= 1 } == .sealBroken)
        #expect(exchange.refusal { $0.ciphertext.removeLast() } == .sealBroken)
        #expect(exchange.refusal { $0.refusal = .sealBroken } == .refusedInClear)
        #expect(refusal { try exchange.sent.openReply([0xFF]) } == .malformed)
    }

    @Test func aReplyToAnotherJobIsRefused() throws {
        let exchange = try Exchange()
        let other = try exchange.ticket.seal(
            try exchange.fixture.job(),
            header: exchange.fixture.header(messageID: 8)
        )
        #expect(refusal { try other.openReply(exchange.reply.encoded()) } == .wrongJob)
        // The broker may write the other's message id over it: the seal does not hold then.
        var renamed = exchange.reply
        renamed.messageID = .init(other.header.messageID)
        #expect(refusal { try other.openReply(renamed.encoded()) } == .sealBroken)
    }

    @Test func aReplyToAnotherRequestUnderTheSameIdentifierIsRefused() throws {
        let exchange = try Exchange()
        let other = try exchange.ticket.seal(try exchange.fixture.job("another"), header: exchange.fixture.header())
        #expect(refusal { try other.openReply(exchange.reply.encoded()) } == .sealBroken)
    }

    @Test func aJobIsNoReply() throws {
        let exchange = try Exchange()
        let job = try WireSealedJob.decoded(exchange.sent.bytes)
        let reflected = exchange.refusal {
            $0.salt = job.salt
            $0.ciphertext = job.ciphertext
        }
        #expect(reflected == .sealBroken)
    }

    @Test func aRefusalInClearCarriesItsReasonAndNothingElse() throws {
        let exchange = try Exchange()
        let expected: [(SealingError.Code, WireClearRefusal)] = [
            (.versionUnknown, .versionUnknown), (.malformed, .sealBroken), (.sealBroken, .sealBroken),
            (.ticketKeyUnknown, .ticketRefused), (.ticketNotInForce, .ticketRefused),
            (.identityNotTrusted, .ticketRefused), (.ticketNotOpened, .ticketRefused),
        ]
        for (code, word) in expected {
            let bytes = ClearReply.refusing(exchange.sent.header.messageID, because: SealingError(code))
            do {
                _ = try exchange.sent.openReply(bytes)
                Issue.record("a refusal is no reply")
            } catch {
                #expect(error.code == .refusedInClear)
                #expect(error.refusal == word, "\(code)")
            }
        }
    }
}
