import AuthorityKeeping
import Cryptography
import HSM
import KeyModel

/// Makes a new ticket key and destroys those that no ticket is good for any more.
///
/// A ticket is good for two hours at most. After three, no worker has a use for a key that was retired, and what was
/// recorded of the queue can't be opened with it by anybody.
struct TicketKeyRotation {
    static let secondsKept: Int64 = 3 * 3_600
    static let intervalSeconds: Int64 = 24 * 3_600

    let services: CertificateAuthority
    let partition: PartitionName
    let now: Int64

    private var time: Timestamp { Timestamp(secondsSince1970: now) }

    /// - Returns: how many old keys were destroyed.
    @discardableResult
    func run(in installation: OpenedInstallation) throws -> Int {
        let place = try installation.owner.takePlace()
        defer { place.leave() }
        let hsm = installation.hsm
        let identifier = try hsm.createKey(.ticketKey, label: "keyferry-ticket")
        let key = TokenKey(.ticketKey, identifier)
        do {
            let publicKey = try hsm.publicKey(of: key)
            let certificate = try services.issueIdentity(.ticket, partition: partition, to: publicKey, now: now)
            let next = TicketKey(
                tokenKeyID: identifier.bytes,
                partition: partition,
                status: .current,
                certificate: certificate.der,
                created: time
            )
            try installation.change(.ticketKeyRotate) { $0.ticketKeys = Self.succeeding($0.ticketKeys, next) }
        } catch {
            // Where the store has it, in spite of the error, it is needed.
            let isKnown = installation.authority.ticketKeys.contains { $0.tokenKeyID == identifier.bytes }
            if !isKnown { try? hsm.destroyKey(key) }
            throw error
        }
        return try destroyOutdated(in: installation)
    }

    /// First nobody is told of a key any more, then it is destroyed: the other way round, a crash in between would
    /// leave a key that workers look for when they start, and don't find.
    func destroyOutdated(in installation: OpenedInstallation) throws -> Int {
        let place = try installation.owner.takePlace()
        defer { place.leave() }
        let outdated = Self.outdated(installation.authority.ticketKeys, partition, now: time)
        guard !outdated.isEmpty else { return 0 }
        let identifiers = Set(outdated.map(\.tokenKeyID))
        try installation.change(.ticketKeyDestroy) { authority in
            authority.ticketKeys.removeAll { identifiers.contains($0.tokenKeyID) }
        }
        for key in outdated {
            try installation.hsm.destroyKey(TokenKey(.ticketKey, try .required(key.tokenKeyID)))
        }
        return outdated.count
    }

    /// The keys with a new current one; that of the same partition is retired.
    static func succeeding(_ keys: [TicketKey], _ next: TicketKey) -> [TicketKey] {
        keys.map { $0.partition == next.partition ? $0.retired : $0 } + [next]
    }

    /// Retired keys whose successor has been there for so long that their tickets have expired.
    static func outdated(_ keys: [TicketKey], _ partition: PartitionName, now: Timestamp) -> [TicketKey] {
        let own = keys.filter { $0.partition == partition }.sorted { $0.created < $1.created }
        return zip(own, own.dropFirst()).compactMap { key, successor in
            let isOutdated = successor.created.advanced(bySeconds: secondsKept) < now
            return key.status == .retired && isOutdated ? key : nil
        }
    }
}

extension TicketKey {
    var retired: TicketKey {
        TicketKey(
            tokenKeyID: tokenKeyID,
            partition: partition,
            status: .retired,
            certificate: certificate,
            created: created
        )
    }
}
