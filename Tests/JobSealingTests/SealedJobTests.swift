import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import SwiftProtobuf
import Testing

@testable import JobSealing

struct SealedJobTests {
    /// What is altered on the outside of a sealed job, and why it is refused then.
    struct Alteration: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let expected: SealingError.Code
        let change: @Sendable (inout WireSealedJob) -> Void

        init(
            _ description: String,
            _ expected: SealingError.Code,
            _ change: @escaping @Sendable (inout WireSealedJob) -> Void
        ) {
            self.testDescription = description
            self.expected = expected
            self.change = change
        }
    }

    static let alterations = [
        Alteration("version 2", .versionUnknown) { $0.version = 2 },
        Alteration("no version", .versionUnknown) { $0.version = 0 },
        Alteration("last byte of the ticket", .signatureInvalid) { $0.ticket[$0.ticket.count - 1] ^= 1 },
        Alteration("no ticket", .malformed) { $0.ticket = .init() },
        Alteration("a ticket too long to be one", .malformed) { $0.ticket = .init(repeating: 0, count: 20_000) },
        Alteration("another partition", .sealBroken) { $0.partition = "p2" },
        Alteration("no name of a partition", .malformed) { $0.partition = "p.1" },
        Alteration("another class", .sealBroken) { $0.jobClass = .bulk },
        Alteration("no class", .malformed) { $0.jobClass = .unspecified },
        Alteration("an unknown class", .malformed) { $0.jobClass = .UNRECOGNIZED(9) },
        Alteration("another message id", .sealBroken) { $0.messageID[0] ^= 1 },
        Alteration("a message id of 15 bytes", .malformed) { $0.messageID.removeLast() },
        Alteration("a later deadline", .sealBroken) { $0.deadline += 1 },
        Alteration("another salt", .sealBroken) { $0.salt[31] ^= 0x80 },
        Alteration("a salt of 33 bytes", .malformed) { $0.salt.append(0) },
        Alteration("a bit of the ciphertext", .sealBroken) { $0.ciphertext[0] ^= 1 },
        Alteration("a bit of the tag", .sealBroken) { $0.ciphertext[$0.ciphertext.count - 1] ^= 1 },
        Alteration("a ciphertext cut short", .sealBroken) { $0.ciphertext.removeLast() },
        Alteration("no ciphertext", .sealBroken) { $0.ciphertext = .init() },
    ]

    @Test func aJobArrivesAsItWasSent() throws {
        let fixture = try SealingFixture()
        let job = try fixture.job()
        let sealed = try fixture.ticket().seal(job, header: fixture.header())
        let opened = try fixture.open(sealed.bytes)
        #expect(try opened.job() == job)
        #expect(opened.header == fixture.header())
        #expect(opened.ticket.sender.fingerprint == fixture.gateway.fingerprint)
        #expect(opened.ticket.sender.role == .gateway)
        #expect(opened.ticket.transportKey != nil)
    }

    @Test(arguments: alterations)
    func anAlteredJobIsRefused(_ alteration: Alteration) throws {
        let fixture = try SealingFixture()
        let sealed = try fixture.ticket().seal(try fixture.job(), header: fixture.header())
        var wire = try WireSealedJob.decoded(sealed.bytes)
        alteration.change(&wire)
        #expect(refusal { try fixture.open(wire.encoded()) } == alteration.expected)
    }

    @Test func aJobIsSealedUnderItsOwnTicketOnly() throws {
        let fixture = try SealingFixture()
        let sealed = try fixture.ticket().seal(try fixture.job(), header: fixture.header())
        var wire = try WireSealedJob.decoded(sealed.bytes)
        wire.ticket = .init(try fixture.ticket().bytes)
        #expect(refusal { try fixture.open(wire.encoded()) } == .sealBroken)
    }

    @Test func bytesThatAreNoJobAreRefused() throws {
        let fixture = try SealingFixture()
        #expect(refusal { try fixture.open([]) } == .versionUnknown)
        #expect(refusal { try fixture.open(Array("GET / HTTP/1.1\r\n\r\n".utf8)) } == .malformed)
        let sealed = try fixture.ticket().seal(try fixture.job(), header: fixture.header()).bytes
        #expect(refusal { try fixture.open(Array(sealed.dropLast())) } == .malformed)
    }

    @Test func twoSealingsOfOneJobHaveNothingInCommon() throws {
        let fixture = try SealingFixture()
        let ticket = try fixture.ticket()
        let one = try WireSealedJob.decoded(try ticket.seal(try fixture.job(), header: fixture.header()).bytes)
        let other = try WireSealedJob.decoded(try ticket.seal(try fixture.job(), header: fixture.header()).bytes)
        #expect(one.salt != other.salt)
        #expect(one.ciphertext != other.ciphertext)
        let hashes = try [one, other].map { try fixture.open($0.encoded()).requestHash }
        #expect(hashes[0] == hashes[1])
    }
}
