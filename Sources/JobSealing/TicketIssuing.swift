package import Cryptography
import Foundation
import JobMessages
package import KeyModel
import SwiftProtobuf

/// The life of a ticket.
package enum TicketLifetime {
    /// At most two hours, in milliseconds.
    package static let longest: Int64 = 2 * 60 * 60 * 1_000
    /// A front makes a new ticket when the present one is an hour old.
    package static let renewal: Int64 = 60 * 60 * 1_000
    /// How far clocks may differ: a ticket is good from this much before it was made.
    package static let clockAllowance: Int64 = 5 * 60 * 1_000
    static let context = "keyferry ticket v1"
    /// A ticket is about two kilobytes; more than this is none.
    static let longestEncoding = 16_384
}

extension Int64 {
    /// A moment so many milliseconds later. Times that others give may be any number: instead of an overflow it is the
    /// first or the last moment.
    func shifted(by milliseconds: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(milliseconds)
        guard overflow else { return sum }
        return milliseconds < 0 ? .min : .max
    }
}

extension ServiceCredential {
    /// Makes a ticket: a secret S, and for a gateway a transport key T, encrypted to the partition's ticket key and
    /// signed with this identity.
    ///
    /// - Parameters:
    ///   - ticketKey: the certificate with the role `ticket` that healthy workers name in their heartbeats.
    ///   - carriesTransportKey: true for a gateway. An admin front's ticket has none, so it can never be sent a key.
    ///   - now: milliseconds since 1970, by the workers' clock.
    package func makeTicket(
        ticketKey certificateDER: [UInt8],
        carriesTransportKey: Bool,
        now: Int64
    ) throws(SealingError) -> IssuedTicket {
        let (ticketKey, identity) = try trust.identity(ofDER: certificateDER, now: now)
        guard identity.role == .ticket else { throw SealingError(.roleNotAllowed) }
        let secret = try sealing { () throws(CryptographyError) in try SecretBytes.random(count: 32) }
        var content = WireTicketContent()
        content.context = TicketLifetime.context
        content.version = MessageHeader.version
        content.partition = trust.partition.text
        content.certificate = Data(certificate.der)
        content.notBefore = now.shifted(by: -TicketLifetime.clockAllowance)
        content.notAfter = content.notBefore.shifted(by: TicketLifetime.longest)
        content.ticketKey = Data(identity.fingerprint.bytes)
        var transportKey: SecretBox?
        do {
            content.secret = Data(try ticketKey.publicKey.encryptOAEPSHA1(secret))
            if carriesTransportKey {
                let key = SecretBox(try SecretBytes.random(count: 32))
                content.transportKey = Data(try ticketKey.publicKey.encryptOAEPSHA1(key.bytes))
                transportKey = key
            }
            let contentBytes = content.encoded()
            let signature = try key.sign(contentBytes)
            let bytes = WireTicket.with {
                $0.content = Data(contentBytes)
                $0.signature = Data(signature)
            }.encoded()
            let hash = SHA256.hash(bytes)
            // M, which the HSM computes in the same way from the S that it unwraps.
            let code = try HMACSHA256.secretAuthenticationCode(for: hash, key: secret)
            return IssuedTicket(
                bytes: bytes,
                hash: hash,
                messageSecret: SecretBox(code),
                transportKey: transportKey,
                notAfter: content.notAfter,
                renewAt: now.shifted(by: TicketLifetime.renewal),
                ticketKey: identity.fingerprint
            )
        } catch {
            throw SealingError(.cryptographyFailed)
        }
    }
}

/// A ticket in the hands of the front that made it, with the secrets that go with it.
package final class IssuedTicket: Sendable {
    /// The exact bytes that travel with every job.
    package let bytes: [UInt8]
    /// SHA-256 of `bytes`.
    package let hash: [UInt8]
    let messageSecret: SecretBox
    /// What keys are wrapped under on their way; nil in an admin front's ticket.
    package let transportKey: SecretBox?
    /// Milliseconds since 1970.
    package let notAfter: Int64
    package let renewAt: Int64
    /// The fingerprint of the ticket key's certificate.
    package let ticketKey: CertificateFingerprint

    init(
        bytes: [UInt8],
        hash: [UInt8],
        messageSecret: SecretBox,
        transportKey: SecretBox?,
        notAfter: Int64,
        renewAt: Int64,
        ticketKey: CertificateFingerprint
    ) {
        self.bytes = bytes
        self.hash = hash
        self.messageSecret = messageSecret
        self.transportKey = transportKey
        self.notAfter = notAfter
        self.renewAt = renewAt
        self.ticketKey = ticketKey
    }

    /// Seals a job under this ticket.
    package func seal(_ job: Job, header: MessageHeader) throws(SealingError) -> SealedJobInFlight {
        let salt = try sealing { () throws(CryptographyError) in
            try RandomBytes.generate(count: MessageCipher.saltByteCount)
        }
        let cipher = try MessageCipher(
            messageSecret: messageSecret.bytes,
            direction: .job,
            ticketHash: hash,
            salt: salt
        )
        let ciphertext = try cipher.seal(
            job.serialized(),
            associatedData: header.associatedData(.job, ticketHash: hash, jobHash: nil)
        )
        let sealed = WireSealedJob.with {
            $0.version = MessageHeader.version
            $0.ticket = Data(bytes)
            $0.partition = header.partition.text
            $0.jobClass = header.jobClass.wire
            $0.messageID = Data(header.messageID)
            $0.deadline = header.deadline
            $0.salt = Data(salt)
            $0.ciphertext = Data(ciphertext)
        }.encoded()
        return SealedJobInFlight(bytes: sealed, hash: SHA256.hash(sealed), header: header, ticket: self)
    }
}

/// A job that was sent, with what is needed to believe its reply.
package struct SealedJobInFlight: Sendable {
    package let bytes: [UInt8]
    /// SHA-256 of `bytes`.
    let hash: [UInt8]
    package let header: MessageHeader
    /// The ticket that the reply is sealed under, and its transport key.
    package let ticket: IssuedTicket

    /// Opens a reply, which must be to this very job.
    package func openReply(_ bytes: [UInt8]) throws(SealingError) -> JobReply {
        let sealed = try decoding { () throws(JobMessageError) in try WireSealedReply.decoded(bytes) }
        guard sealed.version == MessageHeader.version else { throw SealingError(.versionUnknown) }
        guard sealed.messageID == Data(header.messageID) else { throw SealingError(.wrongJob) }
        guard sealed.refusal == .unspecified else { throw SealingError(.refusedInClear, refusal: sealed.refusal) }
        guard sealed.ticketHash == Data(ticket.hash) else { throw SealingError(.wrongJob) }
        let cipher = try MessageCipher(
            messageSecret: ticket.messageSecret.bytes,
            direction: .reply,
            ticketHash: ticket.hash,
            salt: [UInt8](sealed.salt)
        )
        let plaintext = try cipher.open(
            [UInt8](sealed.ciphertext),
            associatedData: header.associatedData(.reply, ticketHash: ticket.hash, jobHash: hash)
        )
        return try decoding { () throws(JobMessageError) in try JobReply(serialized: plaintext) }
    }
}
