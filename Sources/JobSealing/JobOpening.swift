import Cryptography
import Foundation
package import JobMessages
package import KeyModel
import SwiftProtobuf

/// A sealed job's outside: read, bounded, and not yet believed.
package struct UnopenedJob: Sendable {
    package let header: MessageHeader
    /// The exact bytes of the ticket.
    package let ticket: [UInt8]
    let salt: [UInt8]
    let ciphertext: [UInt8]
    /// SHA-256 of the whole sealed job.
    let hash: [UInt8]

    /// - Throws: `malformed` or `versionUnknown`.
    package init(_ bytes: [UInt8]) throws(SealingError) {
        let sealed = try decoding { () throws(JobMessageError) in try WireSealedJob.decoded(bytes) }
        guard sealed.version == MessageHeader.version else { throw SealingError(.versionUnknown) }
        guard let partition = PartitionName(sealed.partition), let jobClass = JobClass(sealed.jobClass),
            sealed.messageID.count == 16, sealed.salt.count == MessageCipher.saltByteCount
        else { throw SealingError(.malformed) }
        header = MessageHeader(
            partition: partition,
            jobClass: jobClass,
            messageID: [UInt8](sealed.messageID),
            deadline: sealed.deadline
        )
        ticket = [UInt8](sealed.ticket)
        salt = [UInt8](sealed.salt)
        ciphertext = [UInt8](sealed.ciphertext)
        hash = SHA256.hash(bytes)
    }

    /// Opens the job with its ticket: from here on it is known who sent it, and that nobody changed it.
    package func open<Key>(with ticket: OpenTicket<Key>) throws(SealingError) -> OpenedJob<Key> {
        let cipher = try MessageCipher(
            messageSecret: ticket.messageSecret.bytes,
            direction: .job,
            ticketHash: ticket.hash,
            salt: salt
        )
        let plaintext = try cipher.open(
            ciphertext,
            associatedData: header.associatedData(.job, ticketHash: ticket.hash, jobHash: nil)
        )
        return OpenedJob(
            header: header,
            ticket: ticket,
            jobHash: hash,
            requestHash: SHA256.hash(plaintext),
            plaintext: plaintext
        )
    }
}

/// A job whose seal held.
package struct OpenedJob<TransportKey: Sendable>: Sendable {
    package let header: MessageHeader
    package let ticket: OpenTicket<TransportKey>
    let jobHash: [UInt8]
    /// SHA-256 of the request, by which a second delivery is told from another request under the same message id.
    package let requestHash: [UInt8]
    private let plaintext: [UInt8]

    init(
        header: MessageHeader,
        ticket: OpenTicket<TransportKey>,
        jobHash: [UInt8],
        requestHash: [UInt8],
        plaintext: [UInt8]
    ) {
        self.header = header
        self.ticket = ticket
        self.jobHash = jobHash
        self.requestHash = requestHash
        self.plaintext = plaintext
    }

    /// Reads the content.
    package func job() throws(JobMessageError) -> Job {
        try Job(serialized: plaintext)
    }

    /// Seals a reply that only the sender of this job can open, and that is a reply to nothing else.
    package func seal(_ reply: JobReply) throws(SealingError) -> [UInt8] {
        let salt = try sealing { () throws(CryptographyError) in
            try RandomBytes.generate(count: MessageCipher.saltByteCount)
        }
        let cipher = try MessageCipher(
            messageSecret: ticket.messageSecret.bytes,
            direction: .reply,
            ticketHash: ticket.hash,
            salt: salt
        )
        let ciphertext = try cipher.seal(
            reply.serialized(),
            associatedData: header.associatedData(.reply, ticketHash: ticket.hash, jobHash: jobHash)
        )
        return WireSealedReply.with {
            $0.version = MessageHeader.version
            $0.messageID = Data(header.messageID)
            $0.ticketHash = Data(ticket.hash)
            $0.salt = Data(salt)
            $0.ciphertext = Data(ciphertext)
        }.encoded()
    }
}

/// The reply to a job that could not be opened, in clear: there is no key to seal it with. It carries a reason, and the
/// front believes it no further than to try once more with a new ticket.
package enum ClearReply {
    /// - Parameter messageID: as far as it could be read; empty otherwise.
    package static func refusing(_ messageID: [UInt8], because error: SealingError) -> [UInt8] {
        WireSealedReply.with {
            $0.version = MessageHeader.version
            $0.messageID = Data(messageID)
            switch error.code {
            case .versionUnknown: $0.refusal = .versionUnknown
            case .malformed, .sealBroken, .wrongJob: $0.refusal = .sealBroken
            default: $0.refusal = .ticketRefused
            }
        }.encoded()
    }
}
