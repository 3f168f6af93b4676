package import Cryptography
import JobMessages
package import KeyModel

/// Has the HSM open what a ticket carries. The worker fulfils it.
package protocol TicketOpener {
    /// Refers to a gateway's transport key within the HSM.
    associatedtype TransportKey: Sendable

    /// - Parameters:
    ///   - ticketKey: the fingerprint of the ticket key's certificate.
    ///   - transportKey: RSA-OAEP of T; nil for an admin front's ticket.
    ///   - secret: RSA-OAEP of S.
    ///   - ticketHash: SHA-256 of the ticket, over which the HSM computes M = HMAC-SHA-256(S, hash).
    /// - Throws: `ticketKeyUnknown`, `ticketNotOpened`, `hsmUnavailable`.
    func open(
        ticketKey: CertificateFingerprint,
        transportKey: [UInt8]?,
        secret: [UInt8],
        ticketHash: [UInt8]
    ) throws(SealingError) -> (transportKey: TransportKey?, messageSecret: SecretBox)

    /// Forgets a transport key that no ticket needs any more.
    func close(_ transportKey: TransportKey)
}

/// A ticket that a worker has verified, with its secrets open in the HSM.
package struct OpenTicket<TransportKey: Sendable>: Sendable {
    /// The front that made it. Whether that front is still in force is looked up for every job, not here.
    package let sender: VerifiedService
    package let transportKey: TransportKey?
    let hash: [UInt8]
    let messageSecret: SecretBox
    /// Milliseconds since 1970.
    let notAfter: Int64
}

/// The tickets that a worker has open: verified once, found again by the SHA-256 of their exact bytes.
package struct TicketCache<Opener: TicketOpener> {
    /// Of one identity: as many as a service of sixteen containers has that share it, with those before them.
    package static var perIdentity: Int { 32 }

    private let trust: ServiceTrust
    private var tickets: [[UInt8]: OpenTicket<Opener.TransportKey>] = [:]
    /// Hashes by sender, oldest first.
    private var order: [CertificateFingerprint: [[UInt8]]] = [:]
    /// Transport keys of tickets that are forgotten: a job that was admitted by one may still need it.
    private var forgotten: [Opener.TransportKey] = []

    package init(trust: ServiceTrust) {
        self.trust = trust
    }

    package var count: Int { tickets.count }

    /// The ticket with these exact bytes: from the cache, or verified and opened now.
    ///
    /// - Parameter now: milliseconds since 1970.
    package mutating func ticket(
        _ bytes: [UInt8],
        now: Int64,
        opener: Opener
    ) throws(SealingError) -> OpenTicket<Opener.TransportKey> {
        let hash = SHA256.hash(bytes)
        if let known = tickets[hash] {
            guard now <= known.notAfter else {
                forget(hash, of: known)
                throw SealingError(.ticketNotInForce)
            }
            return known
        }
        let ticket = try verifyAndOpen(bytes, hash: hash, now: now, opener: opener)
        keep(ticket, now: now)
        return ticket
    }

    /// Closes what no ticket needs any more. To be called while no job is under way.
    package mutating func releaseForgotten(with opener: Opener) {
        forgotten.forEach(opener.close)
        forgotten = []
    }

    /// Forgets every ticket: after the HSM lost what it had open.
    package mutating func removeAll() {
        tickets = [:]
        order = [:]
        forgotten = []
    }

    private func verifyAndOpen(
        _ bytes: [UInt8],
        hash: [UInt8],
        now: Int64,
        opener: Opener
    ) throws(SealingError) -> OpenTicket<Opener.TransportKey> {
        let (content, sender) = try verify(bytes, now: now)
        guard let ticketKey = CertificateFingerprint([UInt8](content.ticketKey)) else { throw SealingError(.malformed) }
        let carriesTransportKey = !content.transportKey.isEmpty
        guard carriesTransportKey == (sender.role == .gateway) else { throw SealingError(.roleNotAllowed) }
        let opened = try opener.open(
            ticketKey: ticketKey,
            transportKey: carriesTransportKey ? [UInt8](content.transportKey) : nil,
            secret: [UInt8](content.secret),
            ticketHash: hash
        )
        return OpenTicket(
            sender: sender,
            transportKey: opened.transportKey,
            hash: hash,
            messageSecret: opened.messageSecret,
            notAfter: content.notAfter
        )
    }

    private func verify(
        _ bytes: [UInt8],
        now: Int64
    ) throws(SealingError) -> (content: WireTicketContent, sender: VerifiedService) {
        guard bytes.count <= TicketLifetime.longestEncoding else { throw SealingError(.malformed) }
        let ticket = try decoding { () throws(JobMessageError) in try WireTicket.decoded(bytes) }
        let contentBytes = [UInt8](ticket.content)
        let content = try decoding { () throws(JobMessageError) in try WireTicketContent.decoded(contentBytes) }
        guard content.context == TicketLifetime.context else { throw SealingError(.malformed) }
        guard content.version == MessageHeader.version else { throw SealingError(.versionUnknown) }
        guard content.partition == trust.partition.text else { throw SealingError(.wrongPartition) }
        let (certificate, sender) = try trust.identity(ofDER: [UInt8](content.certificate), now: now)
        guard sender.role == .gateway || sender.role == .admin else { throw SealingError(.roleNotAllowed) }
        guard certificate.publicKey.verify(signature: [UInt8](ticket.signature), of: contentBytes) else {
            throw SealingError(.signatureInvalid)
        }
        let (lifetime, overflow) = content.notAfter.subtractingReportingOverflow(content.notBefore)
        guard !overflow, lifetime <= TicketLifetime.longest, content.notBefore <= now, now <= content.notAfter else {
            throw SealingError(.ticketNotInForce)
        }
        return (content, sender)
    }

    private mutating func keep(_ ticket: OpenTicket<Opener.TransportKey>, now: Int64) {
        for (hash, old) in tickets where old.notAfter < now {
            forget(hash, of: old)
        }
        tickets[ticket.hash] = ticket
        order[ticket.sender.fingerprint, default: []].append(ticket.hash)
        if let hashes = order[ticket.sender.fingerprint], hashes.count > Self.perIdentity,
            let oldest = tickets[hashes[0]]
        {
            forget(hashes[0], of: oldest)
        }
    }

    private mutating func forget(_ hash: [UInt8], of ticket: OpenTicket<Opener.TransportKey>) {
        tickets[hash] = nil
        order[ticket.sender.fingerprint]?.removeAll { $0 == hash }
        if let transportKey = ticket.transportKey { forgotten.append(transportKey) }
    }
}
