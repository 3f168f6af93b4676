import KeyModel

/// Shares the jobs in flight among clients, so that one that asks without end takes no other's turn.
///
/// A client may have no more jobs in flight than there are places left. Alone, it gets half of all places; of two greedy
/// ones each gets a third; and there is always a place for one that has none. What is beyond is refused at once: the
/// limit is the longest line that anyone waits in.
struct InFlightShares {
    private let limit: Int
    private var total = 0
    private var held: [CertificateFingerprint: Int] = [:]

    /// - Parameter limit: of all jobs in flight; at least 1.
    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: false where the client has its share already.
    mutating func take(_ client: CertificateFingerprint) -> Bool {
        let own = held[client, default: 0]
        guard own < limit - total else { return false }
        held[client] = own + 1
        total += 1
        return true
    }

    /// Once for each job that was taken.
    mutating func giveBack(_ client: CertificateFingerprint) {
        guard let own = held[client] else { return }
        held[client] = own > 1 ? own - 1 : nil
        total -= 1
    }
}
