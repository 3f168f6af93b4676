/// Shares the secure memory that requests and responses lie in among clients, so that no client takes all of it.
///
/// A client may hold twice what is left beside it: alone two thirds of all, of two greedy ones two fifths each. So
/// there is always something left for one that holds nothing. What is beyond is refused.
struct MemoryShares {
    private let limit: Int
    private var total = 0
    private var held: [[UInt8]: Int] = [:]

    /// - Parameter limit: bytes, for all clients together.
    init(limit: Int) {
        self.limit = max(limit, 0)
    }

    var clientCount: Int { held.count }

    /// Takes so many bytes more for a client, or with a negative number gives them back.
    ///
    /// - Parameter client: its certificate's fingerprint; empty for those without a certificate.
    /// - Returns: false, and nothing is changed, where that is beyond its share. Giving back is never refused.
    mutating func change(by byteCount: Int, of client: [UInt8]) -> Bool {
        let own = held[client, default: 0] + byteCount
        let left = limit - total - byteCount
        guard byteCount <= 0 || own - left <= left else { return false }
        held[client] = own > 0 ? own : nil
        total += byteCount
        return true
    }
}
