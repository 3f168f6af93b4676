import Cryptography
import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import SwiftProtobuf

@testable import JobSealing

/// Seals any bytes, where the product seals only what it made itself.
extension JobFixture {
    private static let messageID = [UInt8](repeating: 0x33, count: 16)
    private static let salt = [UInt8](repeating: 0x22, count: MessageCipher.saltByteCount)

    /// A job with this plaintext, as a front would send it.
    func sealedJob(
        from front: Front,
        of plaintext: [UInt8],
        deadline: Int64,
        _ jobClass: JobClass
    ) throws -> SealedJobInFlight {
        let header = MessageHeader(
            partition: services.partition,
            jobClass: jobClass,
            messageID: Self.messageID,
            deadline: deadline
        )
        let ticket = front.ticket
        let data = header.associatedData(.job, ticketHash: ticket.hash, jobHash: nil)
        var sealed = WireSealedJob.with {
            $0.version = MessageHeader.version
            $0.ticket = Data(ticket.bytes)
            $0.partition = header.partition.text
            $0.jobClass = header.jobClass.wire
            $0.messageID = Data(header.messageID)
            $0.deadline = header.deadline
            $0.salt = Data(Self.salt)
        }
        sealed.ciphertext = Data(try seal(plaintext, ticket, .job, data))
        let bytes = sealed.encoded()
        return SealedJobInFlight(bytes: bytes, hash: SHA256.hash(bytes), header: header, ticket: ticket)
    }

    /// A reply with this plaintext, as a worker would send it.
    func sealedReply(to job: SealedJobInFlight, of plaintext: [UInt8]) throws -> [UInt8] {
        let data = job.header.associatedData(.reply, ticketHash: job.ticket.hash, jobHash: job.hash)
        let ciphertext = try seal(plaintext, job.ticket, .reply, data)
        return WireSealedReply.with {
            $0.version = MessageHeader.version
            $0.messageID = Data(job.header.messageID)
            $0.ticketHash = Data(job.ticket.hash)
            $0.salt = Data(Self.salt)
            $0.ciphertext = Data(ciphertext)
        }.encoded()
    }

    private func seal(
        _ plaintext: [UInt8],
        _ ticket: IssuedTicket,
        _ direction: MessageDirection,
        _ associatedData: [UInt8]
    ) throws -> [UInt8] {
        let cipher = try MessageCipher(
            messageSecret: ticket.messageSecret.bytes,
            direction: direction,
            ticketHash: ticket.hash,
            salt: Self.salt
        )
        return try cipher.seal(plaintext, associatedData: associatedData)
    }
}
